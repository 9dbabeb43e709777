/**
 * Manifests of other projects, applied whole. What the webhook makes of their pods is what `longhaul preview` said:
 * its output is applied where no webhook is asked, and the pods that the controllers make of both are compared.
 */

import { CoreV1Api, type V1Container, type V1Pod, type V1PodSpec } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import {
  isKubernetesObject,
  isWorkload,
  type KubernetesObject,
  templatePath,
  valueAt,
} from '../../src/manifests/workloads.ts'
import { folderWith, runHere } from '../cli/longhaul.ts'
import { corpusFiles, corpusSkipReason } from '../corpus.ts'
import { apply, podsIn } from './all-workloads.ts'
import { createNamespace, inject, isMutated } from './pods.ts'
import { namespace, release } from './release.ts'
import { useControlPlane, useInstallation } from './suite.ts'
import { gitVersionOf } from './version.ts'

/** Examples come in variants of the same name: each has namespaces of its own. */
const variants = [0, 1, 2, 3] as const
const namespaces = { changed: 'changed-', previewed: 'previewed-' } as const
const excluded = variants.map(variant => namespaces.previewed + variant)

interface Manifest {
  variant: number
  /** As it was published, and as preview prints it. */
  before: KubernetesObject
  after: KubernetesObject
}

describe('the corpus in a cluster', () => {
  const controlPlane = useControlPlane()
  useInstallation(controlPlane, `{config: {excludedNamespaces: [${excluded}]}}`)

  const coreApi = () => controlPlane().admin.config.makeApiClient(CoreV1Api)

  test('becomes what preview said', { timeout: 120_000 }, async context => {
    if (corpusSkipReason !== undefined) context.skip(corpusSkipReason)
    const labels = { 'kubernetes.io/os': 'linux' }
    await coreApi().createNode({ body: { metadata: { name: 'one', labels } } })
    const manifests = await readCorpus()
    const workloads = manifests.filter(({ before }) => isWorkload(before))
    await prepareNamespaces(namespaces.changed, workloads, inject)
    await prepareNamespaces(namespaces.previewed, workloads)
    // Other objects are no business of Longhaul's, and once is enough of those that belong to no namespace.
    await applyCleanly(manifests.map(({ variant, before }) => into(namespaces.changed, variant, before)))
    await applyCleanly(workloads.map(({ variant, after }) => into(namespaces.previewed, variant, after)))

    const wanted = workloads.map(({ variant, before }) => `${variant} ${podOwner(before)}`).sort()
    const made = async (prefix: string) => [...(await podsByOwner(prefix)).keys()].sort()
    for (const prefix of Object.values(namespaces)) {
      await expect.poll(() => made(prefix), { timeout: 30_000, interval: 500 }).toEqual(wanted)
    }
    const changed = await podsByOwner(namespaces.changed)
    const previewed = await podsByOwner(namespaces.previewed)
    for (const owner of wanted) {
      const pod = changed.get(owner) ?? expect.fail(owner)
      expect({ owner, isMutated: isMutated(pod) }).toEqual({ owner, isMutated: true })
      expect({ owner, ...essence(pod) }).toEqual({ owner, ...essence(previewed.get(owner)) })
    }
    expect(wanted.length).toBeGreaterThan(30)
  })

  /** With the service accounts that the workloads need: not all come with them. */
  async function prepareNamespaces(prefix: string, workloads: readonly Manifest[], labels = {}) {
    for (const variant of variants) await createNamespace(controlPlane(), prefix + variant, labels)
    await applyCleanly(
      workloads.flatMap(({ variant, before }) =>
        accountsOf(before).map(account => into(prefix, variant, account)),
      ),
    )
  }

  async function readCorpus(): Promise<Manifest[]> {
    const seen = new Map<string, number>()
    const manifests: Manifest[] = []
    for (const { file, text } of corpusFiles()) {
      const after = objectsOf(await preview(file), file)
      for (const [index, before] of objectsOf(text, file).entries()) {
        const name = `${before.kind} ${before.metadata?.name}`
        const variant = seen.get(name) ?? 0
        seen.set(name, variant + 1)
        manifests.push({ variant, before, after: after[index] ?? expect.fail(name) })
      }
    }
    return manifests
  }

  /** What preview makes of a file, by the cluster's version and configuration. */
  async function preview(file: string): Promise<string> {
    const { data = {} } = await coreApi().readNamespacedConfigMap({ namespace, name: release })
    const { status, stdout, stderr } = await runHere([
      'preview',
      file,
      `--config=${await folderWith(data)}/config.yaml`,
      `--kubernetes-version=${await gitVersionOf(controlPlane())}`,
      '--namespace-label=longhaul.dev/inject=true',
      '--output=yaml',
    ])
    expect(status, stderr).toBe(0)
    return stdout
  }

  async function applyCleanly(objects: readonly object[]): Promise<void> {
    // On the server's side, which leaves no annotation with what was applied.
    const result = await apply(controlPlane(), objects, '--server-side')
    expect(result).toMatchObject({ status: 0, stderr: '' })
  }

  /** A pod of each workload, by the variant and the kind and the name of what makes its pods. */
  async function podsByOwner(prefix: string): Promise<Map<string, V1Pod>> {
    const pods = new Map<string, V1Pod>()
    for (const variant of variants) {
      for (const pod of await podsIn(controlPlane(), prefix + variant)) {
        pods.set(`${variant} ${ownerOf(pod)}`, pod)
      }
    }
    return pods
  }
})

function objectsOf(text: string, file: string): KubernetesObject[] {
  return readDocuments(text, file)
    .map(({ value }) => value)
    .filter(isKubernetesObject)
}

function into(prefix: string, variant: number, object: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, namespace: prefix + variant } }
}

function accountsOf(workload: KubernetesObject): KubernetesObject[] {
  const spec = valueAt(workload, [...templatePath(workload), 'spec']) as V1PodSpec
  const name = spec.serviceAccountName
  return name === undefined ? [] : [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }]
}

/** Deployments have ReplicaSets make their pods; they are called the same but for a hash. */
function podOwner({ kind, metadata }: KubernetesObject): string {
  return `${kind === 'Deployment' ? 'ReplicaSet' : kind} ${metadata?.name}`
}

function ownerOf({ metadata }: V1Pod): string {
  const owner = metadata?.ownerReferences?.[0]
  if (owner === undefined) return `Pod ${metadata?.name}`
  return `${owner.kind} ${owner.name.replace(`-${metadata?.labels?.['pod-template-hash']}`, '')}`
}

/** What must be the same; the order of volumes and mounts means nothing, and the name of the token's is random. */
function essence(pod: V1Pod | undefined) {
  const { metadata, spec } = JSON.parse(
    JSON.stringify(pod).replace(/kube-api-access-\w+/g, 'kube-api-access'),
  ) as V1Pod
  for (const list of [spec?.volumes, ...containersOf(spec).map(({ volumeMounts }) => volumeMounts)]) {
    list?.sort((one, other) => one.name.localeCompare(other.name))
  }
  return { annotations: metadata?.annotations, spec }
}

function containersOf(spec: V1PodSpec | undefined): V1Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
}
