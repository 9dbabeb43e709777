/** What a cluster needs of its host. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { missingForControlPlane, nodePrograms } from '../cluster/binaries.ts'
import { isHere } from '../lab/requirements.ts'
import { cgroupObstacle } from './machines/cgroups.ts'

/** Debian's packages, by one of their programs. */
const packages = {
  buildah: 'buildah',
  curl: 'curl',
  gcc: 'gcc',
  ip: 'iproute2',
  mmdebstrap: 'mmdebstrap',
  'musl-gcc': 'musl-tools',
  nft: 'nftables',
  nsenter: 'util-linux',
  runc: 'runc',
  strip: 'binutils',
} as const

/** Wherever they are from. */
const compilers = ['go', 'javac']

const folder = resolve(process.env['LONGHAUL_IMAGES'] || 'dist/images')

/** Longhaul's own images, as `npm run images` makes them. */
export const ownArchives: readonly string[] = ['longhaul', 'longhaul-init', 'longhaul-agent'].map(name =>
  join(folder, `${name}.tar`),
)

/** Why there can't be a cluster here, with what helps; undefined where there can. */
export function clusterObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root'
  const lacking = Object.entries(packages).filter(([name]) => !isHere({ program: name }))
  const missing = [...lacking.map(([, name]) => name), ...compilers.filter(name => !isInPath(name))]
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (.ci/install)`
  return missingForControlPlane('kubectl', 'helm', ...nodePrograms) ?? cgroupObstacle()
}

/** Why Longhaul's images aren't there, if so. */
export function imagesObstacle(): string | undefined {
  const archive = ownArchives.find(file => !existsSync(file))
  return archive === undefined ? undefined : `there is no ${archive}: npm run images`
}

function isInPath(name: string): boolean {
  return spawnSync(name, ['--help'], { stdio: 'ignore' }).error === undefined
}
