/**
 * Integers beyond 2^53, which Kubernetes keeps as int64 and JavaScript rounds. All decisions go by the rounded numbers,
 * as those of the webhook do. Their digits are noted at the map or list that holds them, and written in their place.
 */

/** A key that copies by spreading keep, and that neither JSON nor `Object.keys` sees. */
const noted = Symbol('digits')

interface Holder {
  [noted]?: Map<string, string>
}

declare global {
  interface JSON {
    /** What `JSON.stringify` writes as it is (tc39/proposal-json-parse-with-source). */
    rawJSON(text: string): unknown
  }
}

/** Reads JSON with the digits of its integers. Throws a SyntaxError where it is none. */
export function readJson(text: string): unknown {
  // Reading with a function takes ten times as long.
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, function readNumber(this: Holder, key: string, value: unknown, context?: Source) {
    const written = context?.source ?? ''
    if (isRounded(value) && /^-?\d+$/.test(written)) note(this, key, written)
    return value
  } as (this: unknown, key: string, value: unknown) => unknown)
}

/** What a reviver is told of a primitive value besides. */
interface Source {
  source?: string
}

/** Every bigint in a value becomes a number with its digits noted, in place. */
export function roundBigints(value: unknown, seen: Set<unknown> = new Set()): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null || seen.has(value)) return value
  seen.add(value)
  for (const [key, field] of Object.entries(value)) {
    if (typeof field !== 'bigint') roundBigints(field, seen)
    else {
      note(value, key, String(field))
      // By setting it, a key named `__proto__` would be lost.
      Object.defineProperty(value, key, { value: Number(field) })
    }
  }
  return value
}

function isRounded(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
}

function note(holder: Holder, key: string, digits: string): void {
  holder[noted] ??= new Map()
  holder[noted].set(key, digits)
}

/** Writes JSON with the digits that were noted, and without a character that a terminal would act upon. */
export function writeJson(value: unknown, indent?: number | string): string {
  const replace = function replaceNumber(this: unknown, key: string, field: unknown) {
    const digits = digitsOf(this, key, field)
    return digits === undefined ? field : JSON.rawJSON(digits)
  }
  return JSON.stringify(value, replace, indent).replace(/[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
}

function escaped(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** For the YAML library, which calls it for every value that it writes, as `JSON.stringify` does. */
export function withDigits(this: unknown, key: unknown, value: unknown): unknown {
  const digits = digitsOf(this, String(key), value)
  return digits === undefined ? value : BigInt(digits)
}

/** Undefined also where another number has been put there since. */
function digitsOf(holder: unknown, key: string, value: unknown): string | undefined {
  const digits = (holder as Holder)[noted]?.get(key)
  return digits !== undefined && Number(digits) === value ? digits : undefined
}
