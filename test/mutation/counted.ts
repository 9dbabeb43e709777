/** Counts what is read of an object, which is what looking at it costs, whatever the machine does besides. */

export interface Counted<T> {
  /** Stands for the object, and for those within it. */
  value: T
  /** Properties that were read or listed so far. */
  reads(): number
}

export function counted<T extends object>(object: T): Counted<T> {
  let reads = 0
  const standIns = new WeakMap<object, object>()
  /** The same for the same: unchanged branches are told by identity. */
  const standInFor = (target: object): object => {
    const known = standIns.get(target)
    if (known !== undefined) return known
    const standIn = new Proxy(target, {
      get(from, key, receiver) {
        reads += 1
        const value: unknown = Reflect.get(from, key, receiver)
        return typeof value === 'object' && value !== null ? standInFor(value) : value
      },
      has(from, key) {
        reads += 1
        return Reflect.has(from, key)
      },
      ownKeys(from) {
        const keys = Reflect.ownKeys(from)
        reads += keys.length
        return keys
      },
      getOwnPropertyDescriptor(from, key) {
        reads += 1
        return Reflect.getOwnPropertyDescriptor(from, key)
      },
    })
    standIns.set(target, standIn)
    return standIn
  }
  return { value: standInFor(object) as T, reads: () => reads }
}
