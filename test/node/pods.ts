/** Pods on the cluster, and what people see of them by kubectl. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node'
import { CoreV1Api } from '@kubernetes/client-node'
import { pathOf } from '../cluster/binaries.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { createNamespace } from '../cluster/pods.ts'
import { namespace as longhaulSystem } from '../cluster/release.ts'
import { adminOf, type Cluster } from './cluster/cluster.ts'

export const apps = 'localhost/apps:1'
/** Who its programs may run as, besides root. */
export const appUser = 10_001
const readySeconds = 120

export interface Namespace {
  name: string
  /** Makes or changes objects. */
  apply(...objects: readonly object[]): Promise<void>
  /** What kubectl prints. Rejects where it fails or warns. */
  kubectl(...args: readonly string[]): Promise<string>
  /** Waits until the pods that a selector or a name such as `pod/one` means are Ready. */
  ready(...which: readonly string[]): Promise<void>
  /** Waits until the Deployment is rolled out. */
  available(deployment: string): Promise<void>
  pods(labelSelector?: string): Promise<V1Pod[]>
  /** What a container writes, as `kubectl logs --follow` shows it from now on, with what there is already. */
  follow(pod: string, container?: string): Log
}

export interface Log {
  /** What has come of it by now. */
  soFar(): string
  /** All of it, once the container has ended. */
  whole: Promise<string>
}

/** Names of those that this file has asked for. */
const namespaces = new Set<string>()
/** Their pods are not the tests'. */
const systems = new Set([longhaulSystem, 'kube-system'])

/** Ends at once what runs in the namespaces of this file, so that it doesn't slow the nodes down for those after it. */
export async function endPods(cluster: Cluster): Promise<void> {
  const force = ['--all', '--force', '--grace-period=0', '--wait=false']
  for (const name of [...namespaces].filter(each => !systems.has(each))) {
    const what = 'deployments,statefulsets,daemonsets,jobs,pods'
    await kubectl(adminOf(cluster), [`--namespace=${name}`, 'delete', what, ...force])
  }
}

/** Makes a namespace. */
export async function namespaceOn(
  cluster: Cluster,
  name: string,
  labels: Record<string, string> = {},
): Promise<Namespace> {
  const admin = adminOf(cluster)
  namespaces.add(name)
  await createNamespace({ admin }, name, labels)
  const run = async (args: readonly string[], stdin = ''): Promise<string> => {
    const { status, stdout, stderr } = await kubectl(admin, [`--namespace=${name}`, ...args], stdin)
    const isBad = status !== 0 || stderr.startsWith('Warning: ')
    if (isBad) throw new Error(`kubectl ${args.join(' ')}: ${stderr || stdout}`)
    return stdout
  }
  return {
    name,
    async apply(...objects) {
      const list = { apiVersion: 'v1', kind: 'List', items: objects }
      await run(['apply', '--filename=-'], JSON.stringify(list))
    },
    kubectl: (...args) => run(args),
    async ready(...which) {
      await run(['wait', '--for=condition=Ready', `--timeout=${readySeconds}s`, ...which])
    },
    async available(deployment) {
      await run(['rollout', 'status', `deployment/${deployment}`, `--timeout=${readySeconds}s`])
    },
    async pods(labelSelector) {
      const core = admin.config.makeApiClient(CoreV1Api)
      const all = labelSelector === undefined ? {} : { labelSelector }
      return (await core.listNamespacedPod({ namespace: name, ...all })).items
    },
    follow: (pod, container = 'app') =>
      follow([`--kubeconfig=${admin.file}`, `--namespace=${name}`, 'logs', '--follow', pod, container]),
  }
}

/** What kubectl prints until it ends, however that is: it fails where the pod is gone by then. */
function follow(args: readonly string[]): Log {
  const child = spawn(pathOf('kubectl'), args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', part => {
    text += part
  })
  return { soFar: () => text, whole: once(child, 'close').then(() => text) }
}

/** Whether a pod that is made in the namespace now is changed. It is only tried. */
export async function changesPods({ kubectl }: Namespace): Promise<boolean> {
  const trial = await kubectl('run', 'trial', `--image=${apps}`, '--dry-run=server', '--output=yaml')
  return trial.includes('longhaul.dev/status')
}

/** A pod with one container of the image with the lab's programs. */
export function podOf(
  name: string,
  command: readonly string[],
  { annotations = {}, container = {}, spec = {} }: PodParts = {},
): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name }, annotations },
    spec: { containers: [{ name: 'app', image: apps, command: [...command], ...container }], ...spec },
  }
}

/** What a namespace that enforces `restricted` wants of a pod, and of its containers; with a root that is read-only. */
export const restricted = {
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: appUser, seccompProfile: { type: 'RuntimeDefault' } },
  },
  container: {
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  },
} satisfies PodParts

export interface PodParts {
  annotations?: Record<string, string>
  container?: Partial<V1Container>
  spec?: Partial<V1PodSpec>
}

/** One of the lab's servers, which listen on port 8080, as a Deployment with a Service of the same name. */
export function serverOf(
  name: string,
  program: 'sessions' | 'answer-later',
  { replicas = 1, annotations = {} }: { replicas?: number; annotations?: Record<string, string> } = {},
): object[] {
  const { metadata, spec } = podOf(name, ['node', `/app/${program}.mjs`], {
    container: {
      ports: [{ containerPort: 8080 }],
      readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    },
  })
  const labels = metadata?.labels ?? {}
  const template = { metadata: { labels, annotations }, spec }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { replicas, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 8080 }] },
    },
  ]
}
