/** The bad examples of rules, each with something replaced: what is still found then, and what not any more. */

import { describe, expect, it } from 'vitest'
import type { Platform } from '../../src/check/platforms.ts'
import { rules } from '../../src/check/rules.ts'
import { check } from './check.ts'

/** The ConfigMap of ingress-nginx. */
const controller = (setting: string) => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ingress-nginx-controller
  labels: { app.kubernetes.io/name: ingress-nginx }
data: { ${setting} }
---
`

const variants: Readonly<
  Record<string, readonly [what: string, from: string, to: string, isFound: boolean][]>
> = {
  LH014: [
    ['with room', 'pods: "5"', 'pods: "9"', false],
    ['of another resource', 'pods: "5"', 'persistentvolumeclaims: "5"', false],
    ['too small for the pods themselves', 'pods: "5"', 'pods: "3"', false],
    ['for pods that are gone soon', 'seconds: 300', 'seconds: 30', false],
    ['for a StatefulSet', 'kind: Deployment', 'kind: StatefulSet', false],
  ],
  LH015: [
    ['by default', '  podManagementPolicy: OrderedReady # <- LH015\n', '', true],
    ['of one pod', 'replicas: 5', 'replicas: 1', false],
    ['whose pods are gone soon', 'seconds: 300', 'seconds: 60', false],
  ],
  LH016: [
    ['by default, within it', '  progressDeadlineSeconds: 60 # <- LH016\n', '', false],
    ['by default, over it', 'progressDeadlineSeconds: 60', 'minReadySeconds: 500', true],
    ['that begins later', 'periodSeconds: 5', 'initialDelaySeconds: 40', true],
    ['of a StatefulSet, which has none', 'kind: Deployment', 'kind: StatefulSet', false],
  ],
  LH017: [
    ['of one pod', 'replicas: 3', 'replicas: 1', false],
    ['of the members of a cluster', '\nspec:\n  selector', '\nspec:\n  clusterIP: None\n  selector', false],
    ['of a DaemonSet', 'kind: Deployment', 'kind: DaemonSet', false],
  ],
  LH018: [
    ['none may be missing', 'minAvailable: 2', 'maxUnavailable: 0', true],
    ['in percent', 'minAvailable: 2', 'minAvailable: 100%', true],
    ['one may be missing', 'minAvailable: 2', 'minAvailable: 1', false],
    ['of more pods', 'replicas: 2', 'replicas: 3', false],
    ['of pods that are elsewhere', 'kind: Deployment', 'kind: Elsewhere', false],
  ],
  LH019: [
    ['by default', 'stabilizationWindowSeconds: 300', 'selectPolicy: Max', true],
    ['that never takes pods away', 'stabilizationWindowSeconds: 300', 'selectPolicy: Disabled', false],
    ['of another workload', '\n    name: chat', '\n    name: other', false],
  ],
  LH020: [['by none', 'sessionAffinity: ClientIP', 'sessionAffinity: None', false]],
  LH021: [
    ['by default', 'deregistration_delay.timeout_seconds=300', 'preserve_client_ip.enabled=true', true],
    ['among others', 'deregistration', 'stickiness.enabled=true,deregistration', true],
    ['of nodes', 'target-type: ip', 'target-type: instance', false],
    [
      'of another controller',
      'loadBalancerClass: service.k8s.aws/nlb',
      'loadBalancerClass: example.com/lb',
      false,
    ],
  ],
  LH022: [
    ['for all nodes', 'externalTrafficPolicy: Local', 'externalTrafficPolicy: Cluster', false],
    ['within the cluster', 'type: LoadBalancer', 'type: NodePort', false],
    ['whose hook takes nobody knows how long', 'sleep: { seconds: 5 }', 'exec: { command: [/drain] }', false],
  ],
  LH023: [
    ['at the path of socket.io', 'path: /ws', 'path: /socket.io/', true],
    ['below another path', 'path: /ws', 'path: /api/v1/ws(/|$)(.*)', true],
    ['at a path that only begins so', 'path: /ws', 'path: /wsdl', false],
    [
      'with less than by default',
      '\nspec',
      '\n  annotations: { nginx.ingress.kubernetes.io/proxy-read-timeout: "30" }\nspec',
      true,
    ],
    [
      'whose controller has a longer time',
      'apiVersion',
      `${controller('proxy-read-timeout: "600"')}apiVersion`,
      false,
    ],
    ['of another controller', 'ingressClassName: nginx', 'ingressClassName: traefik', false],
  ],
  LH024: [
    ['of one command', './migrate && ./serve', './serve', true],
    ['with a trap', './migrate', "trap 'kill $!' TERM", false],
    ['of bash, which becomes the last program', '[sh,', '[/bin/bash,', false],
    ['of bash with a pipeline', '[sh, -c, "./migrate &&', '[bash, -ec, "./serve |', true],
    ['that is no shell', '[sh,', '[/sbin/tini, --, sh,', false],
    [
      'in a namespace of processes that is shared',
      '      containers:',
      '      shareProcessNamespace: true\n      containers:',
      false,
    ],
  ],
  LH026: [
    ['in memory', 'emptyDir: {}', 'emptyDir: { medium: Memory }', true],
    ['of a DaemonSet, which a drain leaves alone', 'kind: Deployment', 'kind: DaemonSet', false],
  ],
  LH027: [
    ['of Linkerd', 'name: istio-proxy', 'name: linkerd-proxy', true],
    ['that is filled in when it is injected', 'istio/proxyv2:1.27.0', 'auto', false],
    [
      'that waits for its connections',
      'labels: { app: chat }\n    spec',
      "labels: { app: chat }\n      annotations: { proxy.istio.io/config: 'terminationDrainDuration: 30s' }\n    spec",
      false,
    ],
  ],
}

const cases = Object.entries(variants).flatMap(([id, all]) => all.map(each => [id, ...each] as const))

describe('a bad example', () => {
  it.each(cases)('of %s %s', (id, _, from, to, isFound) => {
    const { bad } = rules.find(rule => rule.id === id)?.examples ?? expect.fail(`no ${id}`)
    expect(bad).toContain(from)
    const found = check(bad.replace(from, to)).filter(({ rule }) => rule.id === id)
    expect(found.length > 0).toBe(isFound)
  })

  it.each([
    ['sooner by default', 'use-gzip: "true"', [240]],
    ['sooner', 'worker-shutdown-timeout: 250s', [250]],
    ['later', 'worker-shutdown-timeout: 600s', []],
  ])('of LH014 behind an Ingress whose workers end %s', (_, setting, seconds) => {
    const pods = rules.find(({ id }) => id === 'LH014')?.examples.good ?? ''
    const ingress = rules.find(({ id }) => id === 'LH023')?.examples.good ?? ''
    const service = rules.find(({ id }) => id === 'LH020')?.examples.good ?? ''
    const found = check([controller(setting), pods, ingress, service].join('\n---\n'))
    const messages = found.filter(({ rule }) => rule.id === 'LH023').map(({ message }) => message)
    expect(messages).toEqual(
      seconds.map(each => `Sessions end ${each} s after a reload, and drains take up to 300 s.`),
    )
  })

  const settings = /longhaul\.dev.*LH025\n/s
  const ofAws = '  annotations: { service.beta.kubernetes.io/aws-load-balancer-type: nlb }\nspec:\n  type'

  it.each<
    [what: string, platform: Platform | undefined, from: string | RegExp, to: string, isFound: boolean]
  >([
    ['remembers it for as long', 'gke', '10m', '600s', true],
    ['remembers it for longer', 'gke', '10m', '599s', false],
    ['nobody names', undefined, '10m', '2h', false],
    ['its Service names', undefined, 'spec:\n  type', ofAws, true],
    ['is asked about, without a setting', 'eks', settings, '{}\n', true],
    ['leads to no balancer', 'eks', 'LoadBalancer', 'ClusterIP', false],
  ])('of LH025 whose path %s', (_, platform, from, to, isFound) => {
    const text = rules.find(({ id }) => id === 'LH025')?.examples.bad.replace(from, to) ?? ''
    const found = check(text, platform && { platform }).filter(({ rule }) => rule.id === 'LH025')
    expect(found.length > 0).toBe(isFound)
  })
})
