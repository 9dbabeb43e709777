/**
 * The cgroups below which the kubelets make those of their pods. A host has one hierarchy (v2), or one for each
 * controller (v1); where it has both, as hybrid hosts do, those of v1 have the controllers.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = '/sys/fs/cgroup'
const controllersOfV2 = ['cpuset', 'cpu', 'io', 'memory', 'pids']

/** Makes a cgroup such as `longhaul/node-1` in every hierarchy. */
export function makeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const parents = name.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))
    for (const each of parents) makeIn(hierarchy, each)
  }
}

/** Removes it, and what is below it; the processes in it must have ended. */
export function removeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) removeTree(join(hierarchy, name))
}

/** Why pods can't have cgroups here, if so. */
export function cgroupObstacle(): string | undefined {
  try {
    const trial = `longhaul-trial-${process.pid}`
    makeCgroup(trial)
    removeCgroup(trial)
    return undefined
  } catch (error) {
    return `no cgroups can be made below ${root}: ${(error as Error).message}`
  }
}

function makeIn(hierarchy: string, name: string): void {
  const parent = join(hierarchy, name, '..')
  if (isV2Alone()) {
    const present = readFileSync(join(parent, 'cgroup.controllers'), 'utf8').split(/\s/)
    const wanted = controllersOfV2.filter(each => present.includes(each)).map(each => `+${each}`)
    writeFileSync(join(parent, 'cgroup.subtree_control'), wanted.join(' '))
  }
  const cgroup = join(hierarchy, name)
  mkdirSync(cgroup, { recursive: true })
  // In v1 no process can join before these are set.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (isV2Alone() || !existsSync(join(cgroup, file))) continue
    writeFileSync(join(cgroup, file), readFileSync(join(parent, file)))
  }
}

function hierarchies(): string[] {
  if (isV2Alone()) return [root]
  return readdirSync(root)
    .map(name => join(root, name))
    .filter(folder => statSync(folder).isDirectory())
}

function isV2Alone(): boolean {
  return existsSync(join(root, 'cgroup.controllers'))
}

function removeTree(cgroup: string): void {
  if (!existsSync(cgroup)) return
  for (const entry of readdirSync(cgroup, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(cgroup, entry.name))
  rmdirSync(cgroup)
}
