/**
 * What of the user's was lost or changed between two pods, as paths; empty where nothing was. Additions are
 * fine; so are a longer grace period, a library after the user's own in LD_PRELOAD, and our status.
 */
export function lost(before: unknown, after: unknown, path = ''): string[] {
  if (before === null || before === undefined || isAllowed(before, after, path)) return []
  if (Array.isArray(before)) return Array.isArray(after) ? lostItems(before, after, path) : [path]
  if (typeof before !== 'object') return before === after ? [] : [`${path}: ${before} became ${after}`]
  if (typeof after !== 'object' || after === null) return [path]
  const fields = after as Record<string, unknown>
  return Object.entries(before).flatMap(([key, value]) => lost(value, fields[key], `${path}/${key}`))
}

/** Items must come again in their order; others may stand between them. */
function lostItems(before: readonly unknown[], after: readonly unknown[], path: string): string[] {
  const missing: string[] = []
  let from = 0
  for (const [index, item] of before.entries()) {
    const found = after.findIndex((each, at) => at >= from && lost(item, each, `${path}/*`).length === 0)
    if (found === -1) missing.push(`${path}/${index}`)
    else from = found + 1
  }
  return missing
}

function isAllowed(before: unknown, after: unknown, path: string): boolean {
  if (path === '/metadata/annotations/longhaul.dev/status') return true
  if (path === '/spec/terminationGracePeriodSeconds') return Number(after) >= Number(before)
  const isEnvValue = /\/env\/\*\/value$/.test(path)
  return isEnvValue && typeof before === 'string' && after === ownPreload(before)
}

function ownPreload(libraries: string): string {
  return [libraries, '/opt/longhaul/libkeepalive.so'].filter(each => each !== '').join(':')
}
