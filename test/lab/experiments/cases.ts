/** An experiment's cases. One that fails is lost, with the reason told; the others are not. */

import type { Lab } from './experiment.ts'

/** The case's result; undefined, and told to the lab, where it fails. */
export async function attempt<T>(lab: Lab, name: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    lab.lost(`${name}: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

/** The results of all cases that did not fail, one after another. */
export async function inTurn<C extends { name: string }, T>(
  cases: readonly C[],
  lab: Lab,
  run: (each: C, lab: Lab) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const each of cases) {
    const result = await attempt(lab, each.name, () => run(each, lab))
    if (result !== undefined) results.push(result)
  }
  return results
}
