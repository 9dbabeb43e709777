/** The volumes of a pod: emptyDir is the only kind that the lab has. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Container, V1PodSpec, V1Volume } from '@kubernetes/client-node'
import { program } from '../hosts/program.ts'

/** Makes the mounts of a container, and becomes its program. */
export const mountAndRun = new URL('mount-and-run.sh', import.meta.url).pathname

/** Makes the volumes below a folder. */
export async function makeVolumes({ volumes = [] }: V1PodSpec, folder: string): Promise<void> {
  for (const volume of volumes) await makeVolume(volume, join(folder, volume.name))
}

async function makeVolume({ name, emptyDir }: V1Volume, path: string): Promise<void> {
  if (emptyDir === undefined) throw new Error(`the lab has no volumes such as ${name}: only emptyDir`)
  mkdirSync(path)
  if (emptyDir.medium !== 'Memory') return
  // tmpfs takes the kernel's letters for 1024s.
  const size = emptyDir.sizeLimit?.replace(/i$/, '') ?? '100%'
  await program(['mount', '-t', 'tmpfs', '-o', `size=${size},mode=0777`, 'tmpfs', path])
}

/** Unmounts what makeVolumes mounted. */
export async function removeVolumes({ volumes = [] }: V1PodSpec, folder: string): Promise<void> {
  for (const { name, emptyDir } of volumes)
    if (emptyDir?.medium === 'Memory') await program(['umount', join(folder, name)])
}

/** The mounts of a container as mount-and-run.sh takes them; their mount points are made. */
export function mountArguments({ volumeMounts = [] }: V1Container, folder: string, root = ''): string[] {
  return volumeMounts.map(({ name, mountPath, readOnly }) => {
    const target = join(root, mountPath)
    mkdirSync(target, { recursive: true })
    return `${readOnly === true ? 'ro' : 'rw'}:${join(folder, name)}:${target}`
  })
}
