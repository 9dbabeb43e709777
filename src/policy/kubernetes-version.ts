/** The version of a cluster, as far as features depend on it. */

export interface KubernetesVersion {
  major: number
  minor: number
}

/** The newest version whose features Longhaul knows; taken where nobody names one. */
export const newestKnown: KubernetesVersion = { major: 1, minor: 36 }

/** The oldest version that Longhaul is tested with; its chart asks for it. */
export const oldestSupported: KubernetesVersion = { major: 1, minor: 28 }

/** Reads `1.30`, `v1.30.2` and vendors' forms such as `v1.30.2-gke.100`. */
export function parseKubernetesVersion(text: string): KubernetesVersion | undefined {
  const match = /^v?(\d+)\.(\d+)(?:[.+-].*)?$/.exec(text)
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) }
}

/** True for a cluster of version 1.`minor` or newer. */
export function isAtLeast(version: KubernetesVersion, minor: number): boolean {
  return version.major > 1 || (version.major === 1 && version.minor >= minor)
}
