/** What a cluster needs of its host. */

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
  nft: 'nftables',
  nsenter: 'util-linux',
  runc: 'runc',
  strip: 'binutils',
} as const

const folder = resolve(process.env['LONGHAUL_IMAGES'] || 'dist/images')

/** Longhaul's own images, as `npm run images` makes them. */
export const ownArchives: readonly string[] = ['longhaul', 'longhaul-init'].map(name =>
  join(folder, `${name}.tar`),
)

/** Why there can't be a cluster here, with what helps; undefined where there can. */
export function clusterObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root'
  const lacking = Object.entries(packages).filter(([name]) => !isHere({ program: name }))
  if (lacking.length > 0) return `not installed: ${lacking.map(([, name]) => name).join(', ')} (.ci/install)`
  return missingForControlPlane('kubectl', 'helm', ...nodePrograms) ?? cgroupObstacle()
}

/** Why Longhaul's images aren't there, if so. */
export function imagesObstacle(): string | undefined {
  const archive = ownArchives.find(file => !existsSync(file))
  return archive === undefined ? undefined : `there is no ${archive}: npm run images`
}
