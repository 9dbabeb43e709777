import { readFileSync } from 'node:fs'
import { AppsV1Api, AuthorizationV1Api, CoreV1Api, type V1ResourceAttributes } from '@kubernetes/client-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import type { KubernetesObject } from '../../src/manifests/workloads.ts'
import { isAtLeast, type KubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { chartCases, renderedFile } from '../charts/golden.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release } from './release.ts'
import { useControlPlane } from './suite.ts'
import { versionOf } from './version.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const startTimeoutMs = 120_000
const restricted = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
}

/** Of a golden file what an API server knows: Helm leaves policies out where it has none, before Kubernetes 1.30. */
function objectsOf(name: string, version: KubernetesVersion): KubernetesObject[] {
  const isKnown = ({ apiVersion, kind }: KubernetesObject) =>
    !/^(cert-manager|monitoring)\./.test(apiVersion) &&
    (!kind.startsWith('ValidatingAdmissionPolicy') || isAtLeast(version, 30))
  const objects: KubernetesObject[] = parseAllDocuments(readFileSync(renderedFile(name), 'utf8')).map(each =>
    each.toJS(),
  )
  return objects.filter(isKnown)
}

function asManifest(objects: readonly KubernetesObject[]): string {
  return objects.map(each => stringify(each)).join('---\n')
}

/** What `restricted` forbids, by the case that asks for it, and nothing else of that. */
const violations: Readonly<Record<string, RegExp>> = {
  network: /^Warning: would violate PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\)\n$/,
  agent:
    /^Warning: would violate PodSecurity "restricted:latest": host namespaces \(hostPID=true\), .*"agent".*\n$/,
  'agent-values':
    /^Warning: would violate PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\), unrestricted capabilities .*"agent".*\n$/,
}

describe('what the chart renders', () => {
  const controlPlane = useControlPlane()
  let version: KubernetesVersion

  beforeAll(async () => {
    if (missing !== undefined) return
    version = await versionOf(controlPlane())
    const core = controlPlane().admin.config.makeApiClient(CoreV1Api)
    await core.createNamespace({ body: { metadata: { name: namespace, labels: restricted } } })
  }, startTimeoutMs)

  test.each(chartCases())('is taken by the API server, without a warning: $name', async ({ name }) => {
    const objects = objectsOf(name, version)
    const args = ['apply', '--dry-run=server', '--validate=strict', '--filename=-']
    const { status, stderr } = await kubectl(controlPlane().admin, args, asManifest(objects))
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(violations[name] ?? /^$/) })
  })

  test('makes pods that PodSecurity lets through', async () => {
    const apps = controlPlane().admin.config.makeApiClient(AppsV1Api)
    await kubectl(controlPlane().admin, ['apply', '--filename=-'], asManifest(objectsOf('default', version)))
    const replicas = async () =>
      (await apps.readNamespacedDeployment({ namespace, name: release })).status?.replicas
    await expect.poll(replicas, { timeout: 20_000 }).toBe(2)
  })

  const namespaces = { resource: 'namespaces' }
  const secrets = { resource: 'secrets', namespace }
  const ownSecret = { ...secrets, name: 'longhaul-tls' }
  const mutating = { group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' }
  const ownMutating = { ...mutating, name: release }
  const ownValidating = { ...ownMutating, resource: 'validatingwebhookconfigurations' }

  test.each<{ mode: string; rights: [verb: string, what: V1ResourceAttributes][] }>([
    {
      mode: 'default',
      rights: [
        ...allOf(['get', 'list', 'watch'], namespaces),
        ...allOf(['get', 'list', 'watch', 'update'], ownSecret),
        ...allOf(['create'], secrets),
        ...allOf(['create'], ownSecret),
        ...allOf(['get', 'list', 'watch', 'patch'], ownMutating),
        ...allOf(['get', 'list', 'watch', 'patch'], ownValidating),
      ],
    },
    {
      mode: 'provided-ca',
      rights: [
        ...allOf(['get', 'list', 'watch'], namespaces),
        ...allOf(['get', 'list', 'watch'], ownSecret),
        ...allOf(['get', 'list', 'watch', 'patch'], ownMutating),
        ...allOf(['get', 'list', 'watch', 'patch'], ownValidating),
      ],
    },
    {
      mode: 'cert-manager',
      rights: [...allOf(['get', 'list', 'watch'], namespaces), ...allOf(['get', 'list', 'watch'], ownSecret)],
    },
  ])('lets the webhook do no more than it needs: $mode', async ({ mode, rights }) => {
    const roles = objectsOf(mode, version).filter(({ kind }) => /Role(Binding)?$/.test(kind))
    await kubectl(controlPlane().admin, ['apply', '--filename=-'], asManifest(roles))
    const things = [
      ...[namespaces, secrets, ownSecret, mutating, ownMutating, ownValidating],
      ...[
        { ...ownSecret, namespace: 'default' },
        { ...secrets, namespace: 'default' },
      ],
      ...[{ resource: 'pods' }, { group: 'coordination.k8s.io', resource: 'leases', namespace }],
    ]
    const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
    const asked = things.flatMap(what => allOf(verbs, what))
    const authorization = controlPlane().admin.config.makeApiClient(AuthorizationV1Api)
    const isAllowed = async ([verb, what]: (typeof asked)[number]): Promise<boolean> => {
      const spec = {
        user: `system:serviceaccount:${namespace}:${release}`,
        resourceAttributes: { ...what, verb },
      }
      const { status } = await authorization.createSubjectAccessReview({ body: { spec } })
      return status?.allowed === true
    }
    const granted = async () => {
      const answers = await Promise.all(asked.map(isAllowed))
      return asked.filter((_, index) => answers[index])
    }
    const inAnyOrder = (list: typeof rights) => list.map(each => JSON.stringify(each)).sort()
    // The authorizer learns of roles a moment later.
    await expect
      .poll(async () => inAnyOrder(await granted()), { timeout: 10_000 })
      .toEqual(inAnyOrder(rights))
  })
})

function allOf(verbs: readonly string[], what: V1ResourceAttributes): [string, V1ResourceAttributes][] {
  return verbs.map(verb => [verb, what])
}
