/** Starts the cluster that all files share, with Longhaul installed; or says why there is none. */

import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { adminOf } from './cluster/cluster.ts'
import { takePlace } from './cluster/place.ts'
import { startCluster } from './cluster/start.ts'
import { buildImages } from './images/build.ts'
import { installLonghaul } from './install.ts'
import { clusterObstacle, imagesObstacle, ownArchives } from './requirements.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The number of the cluster's place; 0 where there is none. */
    clusterNumber: number
    /** Why there is none; empty where there is one. */
    clusterObstacle: string
  }
}

export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const obstacle = clusterObstacle() ?? imagesObstacle()
  provide('clusterObstacle', obstacle ?? '')
  provide('clusterNumber', 0)
  if (obstacle !== undefined) {
    process.stderr.write(`test/node is skipped: ${obstacle}\n`)
    return undefined
  }
  const place = await takePlace()
  try {
    const archives = [...ownArchives, ...(await buildImages(join(place.folder, 'images')))]
    const cluster = await startCluster(place, archives, () => {})
    installLonghaul({ admin: adminOf(cluster) })
  } catch (error) {
    await place.leave()
    throw error
  }
  provide('clusterNumber', place.number)
  return place.leave
}
