/**
 * The one place where patches are made: from a difference, never by hand. fast-json-patch makes them too, and
 * is what preview and the tests compare with; but it copies every value by way of JSON and walks arrays by path, which
 * takes longer than all the rest of an admission.
 */

import { changedKey } from './copy-with.ts'

/** An operation of a JSON patch (RFC 6902); there are no others, since nothing of the user's is removed. */
export interface Operation {
  op: 'add' | 'replace'
  path: string
  value: unknown
}

type Fields = Readonly<Record<string, unknown>>
type Items = readonly unknown[]

/**
 * The JSON patch from one object to another. Branches that are the same object in both are passed over, so
 * that it costs what the change costs; its values are those of `after` itself.
 */
export function patchBetween(before: object, after: object): Operation[] {
  const operations: Operation[] = []
  compare(before, after, '', operations)
  return operations
}

function compare(before: unknown, after: unknown, path: string, operations: Operation[]): void {
  if (before === after) return
  const isDone =
    Array.isArray(before) && Array.isArray(after)
      ? compareItems(before, after, path, operations)
      : isFields(before) && isFields(after) && compareFields(before, after, path, operations)
  if (!isDone) operations.push({ op: 'replace', path, value: after })
}

/** False, and nothing done, where a field is gone. */
function compareFields(before: Fields, after: Fields, path: string, operations: Operation[]): boolean {
  const changed = changedKey(before, after)
  if (changed !== undefined) {
    compareField(changed, before, after, path, operations)
    return true
  }
  const former = Object.keys(before)
  const start = operations.length
  let found = 0
  for (const key of Object.keys(after)) {
    // What was made by spreading begins with the former fields, in their order.
    const isFormer = key === former[found] || Object.hasOwn(before, key)
    if (isFormer) found++
    if (!isFormer || after[key] !== before[key]) compareField(key, before, after, path, operations)
  }
  if (found === former.length) return true
  operations.length = start
  return false
}

function compareField(
  key: string,
  before: Fields,
  after: Fields,
  path: string,
  operations: Operation[],
): void {
  const step = `${path}/${escapeStep(key)}`
  if (Object.hasOwn(before, key)) compare(before[key], after[key], step, operations)
  else operations.push({ op: 'add', path: step, value: after[key] })
}

/**
 * Items were put before or after those that were there, which are compared one by one. False, and nothing
 * done, where there are fewer now.
 */
function compareItems(before: Items, after: Items, path: string, operations: Operation[]): boolean {
  if (before.length > after.length) return false
  const start = addedInFront(before, after)
  addItems(after, 0, start, path, operations)
  for (let index = 0; index < before.length; index++) {
    const now = after[start + index]
    if (now !== before[index]) compare(before[index], now, `${path}/${start + index}`, operations)
  }
  addItems(after, start + before.length, after.length, path, operations)
  return true
}

function addItems(items: Items, from: number, to: number, path: string, operations: Operation[]): void {
  for (let index = from; index < to; index++) {
    operations.push({ op: 'add', path: `${path}/${index}`, value: items[index] })
  }
}

/** Where the former first item is now, found by its name where it has changed itself. */
function addedInFront(before: Items, after: Items): number {
  const first = before[0]
  if (after[0] === first) return 0
  const name = nameOf(first)
  const at = after.findIndex(item => item === first || (name !== undefined && nameOf(item) === name))
  return at === -1 || at > after.length - before.length ? 0 : at
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nameOf(item: unknown): unknown {
  return isFields(item) ? item['name'] : undefined
}

/** A step of a JSON pointer (RFC 6901). */
function escapeStep(key: string): string {
  return key.includes('/') || key.includes('~') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key
}
