/** Durations as users write them: `90s`, `2m`, `1h30m`, `1500ms`, or a plain number of seconds. */

const pattern =
  /^(?:(?<plain>\d+(?:\.\d+)?)|(?:(?<h>\d+(?:\.\d+)?)h)?(?:(?<m>\d+(?:\.\d+)?)m)?(?:(?<s>\d+(?:\.\d+)?)s)?(?:(?<ms>\d+)ms)?)$/

const unitMilliseconds = { plain: 1000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** In characters; with each unit at its largest a duration is much shorter. */
export const maxDurationLength = 64

/** Milliseconds of a duration, or undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  const isPossible = text !== '' && text.length <= maxDurationLength
  const groups = isPossible ? pattern.exec(text)?.groups : undefined
  if (groups === undefined) return undefined
  const parts = Object.entries(unitMilliseconds).map(([unit, factor]) => Number(groups[unit] ?? 0) * factor)
  return Math.round(parts.reduce((sum, part) => sum + part, 0))
}

/**
 * A regular expression of durations with or without milliseconds, for people to read where a schema refuses a text:
 * so it is short, and lets the empty text and numbers with two points through.
 */
export function durationPattern(withMilliseconds: boolean): string {
  return `[0-9.]+|([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?${withMilliseconds ? '([0-9]+ms)?' : ''}`
}

/** True where a duration names milliseconds. */
export function namesMilliseconds(text: string): boolean {
  return text.endsWith('ms')
}

/** The shortest usual way to write a duration: `60s` and `90s`, but `5m`, `5m10s` and `1h`; `1ms`, but `1.5s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds}ms`
  if (milliseconds < 120_000) return `${milliseconds / 1000}s`
  const parts = [
    [Math.floor(milliseconds / 3_600_000), 'h'],
    [Math.floor((milliseconds % 3_600_000) / 60_000), 'm'],
    [(milliseconds % 60_000) / 1000, 's'],
  ] as const
  return parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('')
}

/** Whole seconds, rounded up: what the kernel's keepalive options and Kubernetes take. */
export function wholeSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000)
}
