/** A configuration that can't be used; the message holds every mistake, one a line. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}
