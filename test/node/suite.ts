/** What the tests of a file begin with: the cluster that all files share. */

import { afterAll, beforeEach, inject } from 'vitest'
import { type Cluster, clusterAt } from './cluster/cluster.ts'
import { placeOf } from './cluster/place.ts'
import { endPods } from './pods.ts'

/** Whether the tests are skipped: hooks of files run all the same. */
export function hasNoCluster(): boolean {
  return inject('clusterObstacle') !== ''
}

/** Gives the tests of the file the cluster, or has them skipped with the reason. */
export function useCluster(): Cluster {
  const obstacle = inject('clusterObstacle')
  beforeEach(context => {
    if (obstacle !== '') context.skip(obstacle)
  })
  const cluster = clusterAt(placeOf(inject('clusterNumber')))
  afterAll(() => (obstacle === '' ? endPods(cluster) : undefined))
  return cluster
}
