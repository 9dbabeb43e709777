/** How deep a value may be nested, so that no walk through it comes to the end of the stack. */

/** No object of Kubernetes is half as deep. kubectl gives up at 10,000. */
const mostLevels = 200

export const depthRule = `it is nested too deeply: ${mostLevels} levels are the most`

/** True where maps and lists stand in each other more than that deep. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 1; depth <= mostLevels; depth++) {
    // Each once: by aliases, one can stand in many places.
    level = [...new Set(level.flatMap(childrenOf))]
    if (level.length === 0) return false
  }
  return true
}

function childrenOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).filter(each => typeof each === 'object' && each !== null)
}
