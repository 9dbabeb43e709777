/** Longhaul beside what else looks at pods when they are made: plugins of the API server, and other webhooks. */

import { CoreV1Api, type V1Container, type V1Pod } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { isAtLeast } from '../../src/policy/kubernetes-version.ts'
import { apply } from './all-workloads.ts'
import { startMutatingWebhook } from './mutating-webhook.ts'
import { createNamespace, inject, tryPod } from './pods.ts'
import { useControlPlane, useInstallation } from './suite.ts'
import { versionOf } from './version.ts'

const waiting = { timeout: 20_000, interval: 100 }
const library = '/opt/longhaul/libkeepalive.so'
const app: V1Container = { name: 'app', image: 'example.com/app', ports: [{ containerPort: 8080 }] }
/** A native sidecar from Kubernetes 1.29 on; before, an init container like others. */
const sidecar: V1Container = { name: 'sidecar', image: 'example.com/sidecar', restartPolicy: 'Always' }
const allFeatures = {
  'longhaul.dev/profile': 'websocket',
  'longhaul.dev/post-start-sleep': '2s',
  'longhaul.dev/readiness': 'tcp',
}

describe('in company', () => {
  const controlPlane = useControlPlane()
  const installation = useInstallation(controlPlane)

  const coreApi = () => controlPlane().admin.config.makeApiClient(CoreV1Api)

  /** Keepalive sysctls and native sidecars are of Kubernetes 1.29. */
  const isModern = async () => isAtLeast(await versionOf(controlPlane()), 29)

  test('PodSecurity restricted lets pods pass with all that Longhaul does', async () => {
    const levels = ['enforce', 'warn', 'audit'].map(mode => [
      `pod-security.kubernetes.io/${mode}`,
      'restricted',
    ])
    await createNamespace(controlPlane(), 'restricted', Object.fromEntries(levels))
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
    const keepalive = (await isModern()) ? 'both' : 'preload'
    const annotations = { ...allFeatures, 'longhaul.dev/keepalive': keepalive }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one', namespace: 'restricted', annotations },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        initContainers: [{ ...sidecar, securityContext }],
        containers: [{ ...app, securityContext }],
      },
    }
    expect(await apply(controlPlane(), [pod])).toMatchObject({ status: 0, stderr: '' })
    const made = await coreApi().readNamespacedPod({ namespace: 'restricted', name: 'one' })
    expect(featuresOf(made)).toEqual([
      'keepalive-preload',
      ...((await isModern()) ? ['keepalive-sysctl'] : []),
      'pre-stop',
      'grace-period',
      'post-start-sleep',
      'readiness',
    ])
  })

  test('a ResourceQuota takes the init container as it is, and counts only what the application asks for', async () => {
    await createNamespace(controlPlane(), 'quota', inject)
    const hard = { 'requests.cpu': '1', 'requests.memory': '1Gi', 'limits.cpu': '2', 'limits.memory': '2Gi' }
    const body = { metadata: { name: 'all' }, spec: { hard } }
    await coreApi().createNamespacedResourceQuota({ namespace: 'quota', body })
    const used = async () =>
      (await coreApi().readNamespacedResourceQuota({ namespace: 'quota', name: 'all' })).status?.used
    await expect.poll(used, waiting).toBeDefined()
    const resources = {
      requests: { cpu: '100m', memory: '64Mi' },
      limits: { cpu: '200m', memory: '128Mi' },
    }
    const bare = { name: 'bare', image: 'example.com/bare' }
    const containers = [{ ...app, resources }]
    // The API server's admission learns of the quota a moment after its status has been written.
    const refusal = () =>
      tryPod(controlPlane(), 'quota', {}, { initContainers: [bare], containers }).then(
        () => 'none',
        error => String(error.body),
      )
    await expect.poll(refusal, waiting).toContain('must specify limits.cpu for: bare')
    const initContainers = [{ ...sidecar, resources }]
    const pod = { metadata: { name: 'one' }, spec: { initContainers, containers } }
    const made = await coreApi().createNamespacedPod({ namespace: 'quota', body: pod })
    expect(made.spec?.initContainers).toMatchObject([{ name: 'longhaul-init' }, { name: 'sidecar' }])
    const expected = (await isModern())
      ? { 'requests.cpu': '200m', 'limits.memory': '256Mi' }
      : { 'requests.cpu': '100m', 'limits.memory': '128Mi' }
    await expect.poll(used, waiting).toMatchObject(expected)
  })

  test('a LimitRange lets the init container pass; one that asks for more is met by the configuration', async () => {
    await createNamespace(controlPlane(), 'limits', inject)
    const limits = {
      type: 'Container',
      defaultRequest: { cpu: '100m', memory: '64Mi' },
      default: { cpu: '500m', memory: '256Mi' },
      max: { cpu: '2', memory: '1Gi' },
      maxLimitRequestRatio: { cpu: '10', memory: '10' },
    }
    const setMinimum = (min: Record<string, string>) =>
      apply(controlPlane(), [
        {
          apiVersion: 'v1',
          kind: 'LimitRange',
          metadata: { name: 'all', namespace: 'limits' },
          spec: { limits: [{ ...limits, min }] },
        },
      ])
    const resourcesOf = async () => {
      const { spec } = await tryPod(controlPlane(), 'limits', {}, { initContainers: [sidecar] })
      return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(each => each.resources)
    }
    const ofAll = { requests: limits.defaultRequest, limits: limits.default }
    await setMinimum({ cpu: '10m', memory: '16Mi' })
    const small = { cpu: '50m', memory: '32Mi' }
    await expect.poll(resourcesOf, waiting).toEqual([{ requests: small, limits: small }, ofAll, ofAll])

    await setMinimum({ cpu: '60m', memory: '64Mi' })
    const refusal = () => tryPod(controlPlane(), 'limits').then(() => '', String)
    await expect
      .poll(refusal, waiting)
      .toContain('minimum cpu usage per Container is 60m, but request is 50m')
    const large = '{cpu: 60m, memory: 64Mi}'
    await installation().upgrade(`{config: {init: {resources: {requests: ${large}, limits: ${large}}}}}`)
    const larger = { cpu: '60m', memory: '64Mi' }
    expect(await resourcesOf()).toEqual([{ requests: larger, limits: larger }, ofAll, ofAll])
  })

  test('a BestEffort pod counts as one that is not, also where that asks for more of its own containers', async () => {
    await createNamespace(controlPlane(), 'scoped', inject)
    const scopes = { BestEffort: { pods: '0' }, NotBestEffort: { 'limits.memory': '1Gi' } }
    for (const [scope, hard] of Object.entries(scopes)) {
      const body = { metadata: { name: scope.toLowerCase() }, spec: { hard, scopes: [scope] } }
      await coreApi().createNamespacedResourceQuota({ namespace: 'scoped', body })
    }
    const refusal = (inject: string) => () =>
      tryPod(controlPlane(), 'scoped', { 'longhaul.dev/inject': inject }).then(
        () => '',
        error => String(error.body),
      )
    await expect.poll(refusal('false'), waiting).toContain('exceeded quota: besteffort')
    const wanted = 'failed quota: notbesteffort: must specify limits.memory for: app'
    await expect.poll(refusal('true'), waiting).toContain(wanted)
  })

  describe('other webhooks', () => {
    const metrics = [{ name: 'metrics', containerPort: 9100 }]
    const mesh = { name: 'mesh', image: 'example.com/mesh', ports: metrics }
    const meshInit = { name: 'mesh-init', image: 'example.com/mesh' }
    const logger = { name: 'logger', image: 'example.com/logger' }
    const before = {
      name: 'a-webhook.example.com',
      label: 'before',
      patch: () => [
        { op: 'add', path: '/spec/containers/-', value: logger },
        { op: 'replace', path: '/spec/terminationGracePeriodSeconds', value: 60 },
      ],
    }
    const after = {
      name: 'z-webhook.example.com',
      label: 'after',
      patch: ({ spec }: V1Pod) => [
        { op: 'add', path: '/spec/containers/-', value: mesh },
        // At the front, as those that set up the network.
        { op: 'add', path: '/spec/initContainers', value: [meshInit, ...(spec?.initContainers ?? [])] },
      ],
    }

    test.each([
      ['after', { after: '' }, ['app', 'mesh'], ['mesh-init', 'longhaul-init'], 30],
      ['before', { before: '' }, ['logger', 'app'], ['longhaul-init'], 60],
      ['both', { before: '', after: '' }, ['app', 'logger', 'mesh'], ['mesh-init', 'longhaul-init'], 60],
    ])('leave a pod complete, and nothing in it twice: %s', async (where, labels, names, inits, base) => {
      await using _before = await startMutatingWebhook(controlPlane(), before)
      await using _after = await startMutatingWebhook(controlPlane(), after)
      await createNamespace(controlPlane(), where, {
        ...inject,
        'longhaul.dev/profile': 'websocket',
        ...labels,
      })
      const pod = () => tryPod(controlPlane(), where, {}, { containers: [app] })
      const containers = async () => (await pod()).spec?.containers.map(({ name }) => name).sort()
      await expect.poll(containers, waiting).toEqual([...names].sort())
      const { metadata, spec } = await pod()
      expect(spec?.initContainers?.map(({ name }) => name)).toEqual(inits)
      expect(spec?.volumes?.filter(({ name }) => name === 'longhaul')).toHaveLength(1)
      for (const container of spec?.containers ?? []) {
        expect(partsOf(container)).toEqual({
          name: container.name,
          libraries: [library],
          timers: 1,
          mounts: 1,
          preStop: [
            'drain',
            '--sleep=10s',
            '--timeout=5m',
            ...(names.includes('mesh') ? ['--not-port=9100'] : []),
          ],
        })
      }
      // The profile sleeps for 10 s and drains for 5 min.
      expect(spec?.terminationGracePeriodSeconds).toBe(base + 310)
      const { features } = JSON.parse(metadata?.annotations?.['longhaul.dev/status'] ?? '{}')
      expect(features['grace-period']).toEqual({ from: base, to: base + 310 })
      expect(features['keepalive-preload'].containers.sort()).toEqual([...names].sort())
    })
  })

  /** How often a container has what Longhaul puts into it. */
  function partsOf({ name, env = [], volumeMounts = [], lifecycle }: V1Container) {
    const values = (wanted: string) => env.filter(each => each.name === wanted).map(({ value }) => value)
    return {
      name,
      libraries: values('LD_PRELOAD'),
      timers: values('LONGHAUL_KEEPALIVE').length,
      mounts: volumeMounts.filter(each => each.name === 'longhaul').length,
      preStop: lifecycle?.preStop?.exec?.command?.slice(1),
    }
  }

  function featuresOf({ metadata }: V1Pod): string[] {
    return Object.keys(JSON.parse(metadata?.annotations?.['longhaul.dev/status'] ?? '{}').features ?? {})
  }
})
