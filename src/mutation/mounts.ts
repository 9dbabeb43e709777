/** Mounts of Longhaul's in containers that have mounts of their own. */

import { posix } from 'node:path'
import type { V1Container, V1VolumeMount } from '@kubernetes/client-node'
import { covers } from './covers.ts'

/**
 * The path of what a container mounts at, below or right above where `own` is to be mounted; undefined where that is
 * free, or `own` is there already. Below a read-only mount, and above it on a read-only volume, the container runtime
 * can't make the mount point, and the container does not start.
 */
export function mountInTheWay(container: V1Container, own: V1VolumeMount): string | undefined {
  const overlaps = (path: string) => areRelated(path, own.mountPath)
  const mounted = container.volumeMounts?.find(each => overlaps(each.mountPath) && !covers(each, own))
  const device = container.volumeDevices?.find(({ devicePath }) => overlaps(devicePath))
  return mounted?.mountPath ?? device?.devicePath
}

/** The container with a mount, which it may have already. */
export function withMount(container: V1Container, own: V1VolumeMount): V1Container {
  const mounts = container.volumeMounts ?? []
  return mounts.some(each => covers(each, own)) ? container : { ...container, volumeMounts: [...mounts, own] }
}

function areRelated(mountPath: string, ownPath: string): boolean {
  const path = isTidy(mountPath) ? mountPath : posix.resolve('/', mountPath)
  return path === ownPath || isBelow(path, ownPath) || isBelow(ownPath, path)
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? folder : `${folder}/`)
}

/** True for nearly all paths: absolute, without steps that lead nowhere or back. */
function isTidy(path: string): boolean {
  return path.startsWith('/') && !path.endsWith('/') && !path.includes('//') && !path.includes('/.')
}
