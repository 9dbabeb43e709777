/** Copies of maps that may have thousands of keys, with one key changed. */

type Fields = Readonly<Record<string, unknown>>

/** From so many keys on, spreading takes longer than what is done here. */
const manyKeys = 64

interface Origin {
  of: Fields
  /** The only key that may differ. */
  key: string
}

const origins = new WeakMap<Fields, Origin>()

/**
 * The map with one key set, as by spreading, which takes three to five times as long from some hundred keys on. What the
 * copy was made of is remembered for `changedKey`.
 */
export function copyWith<T>(
  map: Readonly<Record<string, T>> | undefined,
  key: string,
  value: T,
): Record<string, T> {
  if (!hasMany(map)) return { ...map, [key]: value }
  // Without a prototype it is a hash table at once, and `__proto__` a key like others.
  const copy: Record<string, T> = Object.create(null)
  for (const each in map) copy[each] = map[each] as T
  copy[key] = value
  Object.setPrototypeOf(copy, Object.prototype)
  if (map !== undefined) origins.set(copy, { of: map, key })
  return copy
}

function hasMany(map: Fields | undefined): boolean {
  let count = 0
  for (const _ in map) if (++count >= manyKeys) return true
  return false
}

/** The only key that may differ between a map and a copy of it; undefined where the one was not made of the other. */
export function changedKey(map: Fields, copy: Fields): string | undefined {
  const origin = origins.get(copy)
  return origin?.of === map ? origin.key : undefined
}
