/** The cgroups of pods, which container runtimes name by the pods' UIDs. */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'

/**
 * The driver `cgroupfs` makes `pod<uid>`, `systemd` makes `…-pod<uid>.slice` with underscores for hyphens. The UID of a
 * static pod is a hash of its file.
 */
const podFolder = /(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/

/** Of a static pod, whose mirror at the API server has another UID than what the kubelet runs. */
export const staticPodUid = 'kubernetes.io/config.hash'

/** From the root of the hierarchy: 3 levels where the kubelet's own are at the root, some more in kind's nodes. */
const deepest = 8

/** The folder of each pod that has one, by UID. They may lie anywhere below the root: kind nests them. */
export async function findPodCgroups(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  await search(root, deepest, found)
  return found
}

/** What ends meanwhile is not there. */
async function search(folder: string, levels: number, found: Map<string, string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  for (const entry of entries.filter(each => each.isDirectory())) {
    const path = join(folder, entry.name)
    const uid = uidOf(entry.name)
    if (uid !== undefined) found.set(uid, path)
    else if (levels > 1) await search(path, levels - 1, found)
  }
}

/** The UID that a pod's cgroup is named by. */
export function cgroupUidOf({ metadata }: V1Pod): string | undefined {
  return metadata?.annotations?.[staticPodUid] ?? metadata?.uid
}

function uidOf(name: string): string | undefined {
  return podFolder.exec(name)?.[1]?.replaceAll('_', '-')
}
