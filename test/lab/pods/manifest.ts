/** The lab's manifests, and the pods that come of them by way of Longhaul's own decision. */

import { readFileSync } from 'node:fs'
import type { V1Pod, V1Service } from '@kubernetes/client-node'
import { readDocuments } from '../../../src/manifests/documents.ts'
import { isKubernetesObject, type KubernetesObject, podOf } from '../../../src/manifests/workloads.ts'
import { decide } from '../../../src/mutation/decide.ts'
import { defaultConfig } from '../../../src/policy/config.ts'
import { problemText } from '../../../src/policy/problems.ts'

export type Annotations = Readonly<Record<string, string>>

const folder = new URL('../manifests/', import.meta.url)
const namespace = { name: 'lab', labels: {} }
/** What the API server fills in. */
const defaultGraceSeconds = 30

/** The objects of a manifest. */
export function readManifest(file: string): KubernetesObject[] {
  const url = new URL(file, folder)
  return readDocuments(readFileSync(url, 'utf8'), file)
    .map(({ value }) => value)
    .filter(isKubernetesObject)
}

/** The object of that kind and name. Throws where there is none. */
export function objectNamed(
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject {
  const found = objects.find(each => each.kind === kind && each.metadata?.name === name)
  if (found === undefined) throw new Error(`the manifest has no ${kind} ${name}`)
  return found
}

/** The services of a manifest. */
export function servicesOf(objects: readonly KubernetesObject[]): V1Service[] {
  return objects.filter(({ kind }) => kind === 'Service') as V1Service[]
}

/**
 * The pod that a workload's controller would create, with these annotations, as Longhaul leaves it. The grace
 * period it came with is divided by the scale of the lab's timers.
 */
export function injectedPod(workload: KubernetesObject, annotations: Annotations, scale: number): V1Pod {
  const { spec, metadata, ...rest } = podOf(workload, namespace.name)
  if (spec === undefined) throw new Error(`${workload.kind} ${workload.metadata?.name} has no pod template`)
  const graceSeconds = Math.ceil((spec.terminationGracePeriodSeconds ?? defaultGraceSeconds) / scale)
  const pod: V1Pod = {
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata?.annotations, ...annotations } },
    spec: { ...spec, terminationGracePeriodSeconds: graceSeconds },
  }
  const { mutation } = decide(pod, namespace, defaultConfig)
  if (mutation.problems.length > 0) throw new Error(mutation.problems.map(problemText).join(' '))
  return mutation.pod
}
