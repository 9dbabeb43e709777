/**
 * Delivery of the native files: a volume in memory, an init container that installs them there, and a
 * read-only mount in each container that needs them. Features that need the files ask for it.
 */

import type { V1Container, V1Pod, V1Volume, V1VolumeMount } from '@kubernetes/client-node'
import type { Config, Quantities } from '../policy/config.ts'
import { conflict, containerPlace, type Problem, printable } from '../policy/problems.ts'
import type { Key } from '../policy/settings.ts'
import { changeContainers, withSpec } from './containers.ts'
import { covers } from './covers.ts'
import type { Context } from './feature.ts'
import { mountInTheWay, withMount } from './mounts.ts'
import { namedArchitectures } from './nodes.ts'

/** The volume that the files are in. */
export const volumeName = 'longhaul'
/** The init container that brings the files. */
export const initContainerName = 'longhaul-init'
export const filesPath = '/opt/longhaul'
export const libraryPath = `${filesPath}/libkeepalive.so`
export const binaryPath = `${filesPath}/longhaul`

/** The id of the image's own user, for pods whose security context says root. */
const imageUserId = 65_532

/** Those that the init image is made for, as nodes name them. */
export const architectures: ReadonlySet<string> = new Set(['amd64', 'arm64'])

/** In memory, because cluster-autoscaler counts other emptyDirs as local storage that pins a pod. */
const volume: V1Volume = { name: volumeName, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }
const mount: V1VolumeMount = { name: volumeName, mountPath: filesPath, readOnly: true }
const installCommand = ['/longhaul', 'install', filesPath]

export interface Delivery {
  pod: V1Pod
  /** The containers that have the files. */
  reached: readonly string[]
  problems: readonly Problem[]
}

/** Delivers the files to the given containers, to as many as can take them. `key` asks, for the problems. */
export function deliver(
  pod: V1Pod,
  containers: readonly V1Container[],
  key: Key,
  context: Context,
): Delivery {
  if (containers.length === 0) return { pod, reached: [], problems: [] }
  const obstacle = podObstacle(pod)
  if (obstacle !== undefined) {
    const effect = 'The files of Longhaul are not delivered.'
    return { pod, reached: [], problems: [conflict(key, 'the pod', obstacle.rule, obstacle.fix, effect)] }
  }
  const reached: string[] = []
  const problems: Problem[] = []
  const early = startedBeforeFiles(pod)
  for (const container of containers) {
    const { name } = container
    const inTheWay = containerObstacle(container, early)
    if (inTheWay === undefined) reached.push(name)
    else problems.push(conflict(key, containerPlace(name), inTheWay.rule, inTheWay.fix, 'It is left alone.'))
  }
  if (reached.length === 0) return { pod, reached, problems }
  return {
    pod: changeContainers(withFiles(pod, context), reached, each => withMount(each, mount)),
    reached,
    problems,
  }
}

/** True for a pod that an earlier run has delivered the files to, as far as the volume's name tells. */
export function hasFiles({ spec }: V1Pod): boolean {
  return spec?.volumes?.some(({ name }) => name === volumeName) === true
}

interface Obstacle {
  rule: string
  fix: string
}

/** Why the files can't be delivered to a pod at all. */
function podObstacle(pod: V1Pod): Obstacle | undefined {
  const named = namedArchitectures(pod)
  if (named.some(each => !architectures.has(each))) {
    return {
      rule: `asks for ${printable(named.join('/'), 40)} nodes, which the files do not fit`,
      fix: 'use what needs no files',
    }
  }
  const taken = takenName(pod)
  return taken === undefined ? undefined : { rule: `has ${taken} of its own`, fix: 'rename it' }
}

/** What in the pod has a name that the delivery needs and is something else. */
function takenName(pod: V1Pod): string | undefined {
  const sameVolume = pod.spec?.volumes?.find(({ name }) => name === volumeName)
  if (sameVolume !== undefined && !covers(sameVolume, volume)) return `a volume "${volumeName}"`
  const sameInit = findInit(pod)
  if (sameInit !== undefined && !covers(sameInit.command, installCommand)) {
    return `an init container "${initContainerName}"`
  }
  const sameName = pod.spec?.containers.some(({ name }) => name === initContainerName)
  return sameName ? `a container "${initContainerName}"` : undefined
}

function containerObstacle(container: V1Container, early: ReadonlySet<string>): Obstacle | undefined {
  const inTheWay = mountInTheWay(container, mount)
  if (inTheWay !== undefined)
    return { rule: `mounts something at ${printable(inTheWay, 40)}`, fix: 'mount it elsewhere' }
  if (!early.has(container.name)) return undefined
  return { rule: `starts before ${initContainerName}`, fix: 'let it start later' }
}

/** The names of those that start before the init container of an earlier run: another webhook put them there. */
function startedBeforeFiles(pod: V1Pod): ReadonlySet<string> {
  const inits = pod.spec?.initContainers ?? []
  const installsAt = inits.findIndex(({ name }) => name === initContainerName)
  return new Set(inits.slice(0, Math.max(0, installsAt)).map(({ name }) => name))
}

function findInit(pod: V1Pod): V1Container | undefined {
  return pod.spec?.initContainers?.find(({ name }) => name === initContainerName)
}

/**
 * The pod with volume and init container; what is there already stays in its place. The init container comes
 * first in the order, so that native sidecars after it find the files.
 */
function withFiles(pod: V1Pod, context: Context): V1Pod {
  const volumes = pod.spec?.volumes ?? []
  const initContainers = pod.spec?.initContainers ?? []
  const hasVolume = volumes.some(({ name }) => name === volumeName)
  const hasInit = findInit(pod) !== undefined
  if (hasVolume && hasInit) return pod
  return withSpec(pod, {
    volumes: hasVolume ? volumes : [...volumes, volume],
    initContainers: hasInit ? initContainers : [initContainer(pod, context), ...initContainers],
  })
}

/** Passes PodSecurity `restricted`. No user id: OpenShift refuses pods that choose one. */
function initContainer(pod: V1Pod, { config }: Context): V1Container {
  // The pod's own profile is made for its programs, and may forbid what the installation does.
  const hasOwnAppArmor = pod.spec?.securityContext?.appArmorProfile?.type === 'Localhost'
  const runsAsRoot = pod.spec?.securityContext?.runAsUser === 0
  return {
    name: initContainerName,
    image: config.init.image,
    command: installCommand,
    resources: initResources(pod, config.init.resources),
    volumeMounts: [{ name: volumeName, mountPath: filesPath }],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      ...(hasOwnAppArmor ? { appArmorProfile: { type: 'RuntimeDefault' } } : {}),
      ...(runsAsRoot ? { runAsUser: imageUserId } : {}),
      ...(config.init.seccompProfile === 'inherit' ? {} : { seccompProfile: { type: 'RuntimeDefault' } }),
    },
  }
}

/**
 * Of each resource that the pod has a sum for (pod-level resources, KEP-2837), nothing: the API server refuses a pod
 * whose containers ask for more than the sum, and quotas go by that.
 */
function initResources(pod: V1Pod, { requests, limits }: Config['init']['resources']) {
  const sums = pod.spec?.resources
  if (sums == null) return { requests, limits }
  const summed = new Set(Object.keys({ ...sums.requests, ...sums.limits }))
  const others = (quantities: Quantities) =>
    Object.fromEntries(Object.entries(quantities).filter(([name]) => !summed.has(name)))
  return { requests: others(requests), limits: others(limits) }
}
