/** The version of Node that Longhaul needs. */

import packageJson from '../../package.json' with { type: 'json' }

/** Why a version of Node, such as `20.20.2`, is too old; undefined where it is not. */
export function nodeComplaint(version: string): string | undefined {
  const needed = packageJson.engines.node.replace('>=', '')
  const [major = 0, minor = 0] = numbersOf(version)
  const [neededMajor = 0, neededMinor = 0] = numbersOf(needed)
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined
  return `this is Node ${version}; Longhaul needs ${needed} or newer`
}

function numbersOf(version: string): number[] {
  return version.split('.').map(Number)
}
