/** Input that can't be used; the message names file, document and line, one mistake a line. */
export class InputError extends Error {
  override name = 'InputError'
}
