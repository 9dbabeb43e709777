/** Init containers: run one after another, each to its end, before the others start. */

import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Container } from '@kubernetes/client-node'
import { onHost } from '../hosts/network.ts'
import { program } from '../hosts/program.ts'
import type { Place } from './container.ts'
import { commandOf } from './environment.ts'
import { mountAndRun, mountArguments } from './volumes.ts'

const build = new URL('../../../native/build/', import.meta.url).pathname
const image = ['longhaul', 'libkeepalive.so']

/** Runs an init container: of Longhaul's image, whose root file system holds two files. */
export async function runInitContainer(
  spec: V1Container,
  { host, variables }: Pick<Place, 'host' | 'variables'>,
  folder: string,
): Promise<void> {
  if (spec.image?.includes('longhaul-init') !== true) throw new Error(`the lab has no image ${spec.image}`)
  const root = join(folder, `root-of-${spec.name}`)
  mkdirSync(join(root, 'proc'), { recursive: true })
  for (const file of image) copyFileSync(join(build, file), join(root, file))
  const mounts = mountArguments(spec, folder, root)
  const rooted = [
    'unshare',
    '--pid',
    '--fork',
    `--root=${root}`,
    '--mount-proc',
    ...commandOf(spec, variables),
  ]
  await program(onHost(host, ['unshare', '--mount', mountAndRun, ...mounts, '--', ...rooted]))
}
