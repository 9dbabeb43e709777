/**
 * The second carrier of the library, beside LD_PRELOAD: a file at /etc/ld.so.preload. By it glibc, not musl, loads the
 * library into programs that start with a cleared environment, and into set-uid ones, which ignore LD_PRELOAD (ld.so(8)).
 * It hides a file of that name in the image.
 */

import type { V1Container, V1Pod, V1VolumeMount } from '@kubernetes/client-node'
import { conflict, containerPlace, type Problem, printable } from '../policy/problems.ts'
import { changeContainers } from './containers.ts'
import { covers } from './covers.ts'
import { type Delivery, initContainerName, volumeName } from './delivery.ts'
import type { Context } from './feature.ts'
import { mountInTheWay, withMount } from './mounts.ts'

export const preloadPath = '/etc/ld.so.preload'
/** With this the init container writes the file, and the timers for programs that have lost their variable. */
const timersOption = '--keepalive='

const mount: V1VolumeMount = {
  name: volumeName,
  mountPath: preloadPath,
  subPath: 'ld.so.preload',
  readOnly: true,
}

const effect = 'Only LD_PRELOAD loads the library there.'

/** Mounts the file in the named containers, which have the files of Longhaul already: in as many as can take it. */
export function mountPreloadFile(
  pod: V1Pod,
  names: readonly string[],
  timers: string,
  { config }: Context,
): Delivery {
  const writing = pod.spec?.initContainers?.find(({ name }) => name === initContainerName)
  if (writing === undefined) return { pod, reached: [], problems: [] }
  // What does not know the option fails; and of a file that is not there the kubelet makes a folder.
  if (!writesFile(writing) && !covers(writing, { image: config.init.image })) {
    const rule = `has a ${initContainerName} of another version`
    return { pod, reached: [], problems: [conflict('keepalive', 'the pod', rule, 'leave it out', effect)] }
  }
  const { free, problems } = freeContainers(pod, names)
  if (free.length === 0) return { pod, reached: free, problems }
  const written = changeContainers(pod, [initContainerName], container => withTimers(container, timers))
  return {
    pod: changeContainers(written, free, container => withMount(container, mount)),
    reached: free,
    problems,
  }
}

/** True for a container that has the file from Longhaul. */
export function hasPreloadFile({ volumeMounts }: V1Container): boolean {
  return volumeMounts?.some(each => covers(each, mount)) === true
}

function freeContainers(pod: V1Pod, names: readonly string[]) {
  const wanted = new Set(names)
  const free: string[] = []
  const problems: Problem[] = []
  for (const container of [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]) {
    const { name } = container
    if (!wanted.has(name)) continue
    const path = mountInTheWay(container, mount)
    if (path === undefined) free.push(name)
    else problems.push(ownMountProblem(name, path))
  }
  return { free, problems }
}

function ownMountProblem(name: string, path: string): Problem {
  const rule = `mounts something at ${printable(path, 40)}`
  return conflict('keepalive', containerPlace(name), rule, 'mount it elsewhere', effect)
}

function writesFile({ args }: V1Container): boolean {
  return args?.some(each => each.startsWith(timersOption)) === true
}

/** With the timers as an argument, where it has none from an earlier run. */
function withTimers(container: V1Container, timers: string): V1Container {
  if (writesFile(container)) return container
  return { ...container, args: [...(container.args ?? []), `${timersOption}${timers}`] }
}
