import { describe, expect, it } from 'vitest'
import { creationOf, withoutBookkeeping } from '../../src/manifests/created-pod.ts'
import type { KubernetesObject } from '../../src/manifests/workloads.ts'

const containers = [{ name: 'app', image: 'example.com/app' }]
const noUid = '00000000-0000-0000-0000-000000000000'

function workload(kind: string, spec: object, uid?: string): KubernetesObject {
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'web', ...(uid && { uid }) }, spec }
}

describe('the pod of a workload', () => {
  const template = { metadata: { creationTimestamp: null, labels: { app: 'web' } }, spec: { containers } }

  it('has a generated name and an owner', () => {
    expect(creationOf(workload('Deployment', { template }, 'of-the-deployment'), 'prod')).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 'prod',
        generateName: 'web-',
        labels: { app: 'web' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: noUid, controller: true },
        ],
      },
      spec: { containers },
    })
  })

  it('has the id of its owner, where that is the workload itself', () => {
    const { metadata } = creationOf(workload('DaemonSet', { template }, 'abc'), 'prod')
    expect(metadata?.ownerReferences).toMatchObject([{ kind: 'DaemonSet', uid: 'abc' }])
  })

  it('has the claims of a StatefulSet, in place of volumes of the same name', () => {
    const volumes = [
      { name: 'data', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ]
    const spec = {
      template: { spec: { containers, volumes } },
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
    }
    expect(creationOf(workload('StatefulSet', spec), 'prod').spec?.volumes).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } },
      { name: 'tmp', emptyDir: {} },
    ])
  })
})

it('of a pod that runs, only what it can be created with is left', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'abc', controller: true }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1-x',
      namespace: 'prod',
      uid: 'def',
      resourceVersion: '7',
      annotations: { a: 'b' },
      ownerReferences: [owner],
    },
    spec: { containers, nodeName: 'node-1', ephemeralContainers: [{ name: 'debugger' }] },
    status: { phase: 'Running' },
  }
  expect(creationOf(pod, 'prod')).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'prod',
      generateName: 'web-1-x-',
      annotations: { a: 'b' },
      ownerReferences: [owner],
    },
    spec: { containers },
  })
})

it('what every creation gets is left out of a pod', () => {
  const metadata = { generateName: 'web-', namespace: 'prod' }
  const made = {
    name: 'web-x',
    uid: 'abc',
    generation: 1,
    resourceVersion: '',
    managedFields: [],
    creationTimestamp: new Date(0),
  }
  expect(
    withoutBookkeeping({
      metadata: { ...metadata, ...made },
      spec: { containers },
      status: { phase: 'Pending' },
    }),
  ).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers },
  })
})
