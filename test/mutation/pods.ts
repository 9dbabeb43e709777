/** Pods that fast-check makes up: with what users write, what other webhooks add, and what is in our way. */

import type { V1Container, V1Pod, V1Volume } from '@kubernetes/client-node'
import fc from 'fast-check'

const settings = fc.record(
  {
    'longhaul.dev/inject': fc.constantFrom('true', 'false', 'enabled', 'maybe', 'audit'),
    'longhaul.dev/profile': fc.constantFrom('client', 'http', 'websocket', 'slow-http', 'messaging', 'none'),
    'longhaul.dev/containers': fc.constantFrom('app', 'app,c1', 'c2', 'nobody', 'A B'),
    'longhaul.dev/keepalive': fc.constantFrom('preload', 'sysctl', 'both', 'node', 'off', 'on'),
    'longhaul.dev/keepalive-idle': fc.constantFrom('1', '90s', '1h30m', '0', '60x'),
    'longhaul.dev/pre-stop-sleep': fc.constantFrom('off', '5', '1500ms', '2h', 'soon'),
    'longhaul.dev/drain-timeout': fc.constantFrom('off', '30s', '5m', '-1'),
    'longhaul.dev/drain-ports': fc.constantFrom('auto', 'http', '81,grpc', 'nobody', '0'),
    'longhaul.dev/drain-hangup': fc.constantFrom('off', '30s', '500ms', 'soon'),
    'longhaul.dev/grace-period': fc.constantFrom('auto', 'off', '10s', '2h'),
    'longhaul.dev/post-start-sleep': fc.constantFrom('off', '20s', '10m'),
    'longhaul.dev/readiness': fc.constantFrom('off', 'auto', 'tcp', 'http'),
    'longhaul.dev/readiness-port': fc.constantFrom('80', 'http', '9'),
    'longhaul.dev/readiness-path': fc.constantFrom('/', '/ready', 'ready'),
    'longhaul.dev/status': fc.constantFrom(
      'x',
      '{"version":"1","features":{"grace-period":{"from":30,"to":35}}}',
      '{"features":{"grace-period":{"from":0,"to":30}}}',
    ),
    'prometheus.io/port': fc.constantFrom('9', '80', 'x'),
    other: fc.string(),
  },
  { requiredKeys: [] },
)

const env = fc.array(
  fc.oneof(
    fc.record({ name: fc.constantFrom('A', 'B', '__proto__'), value: fc.string() }),
    fc.record({
      name: fc.constant('LD_PRELOAD'),
      value: fc.constantFrom('', '/a.so', '/a.so /b.so', '/opt/x.so:'),
    }),
    fc.constant({ name: 'LD_PRELOAD', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }),
    fc.constant({ name: 'LONGHAUL_KEEPALIVE', value: 'idle=1' }),
  ),
  { maxLength: 4 },
)

const handler = fc.constantFrom(
  { exec: { command: ['sh', '-c', 'sleep 3'] } },
  { sleep: { seconds: 5 } },
  { httpGet: { path: '/bye', port: 80 } },
)

const ports = fc.array(
  fc.record(
    {
      containerPort: fc.constantFrom(80, 81, 9),
      name: fc.constantFrom('http', 'grpc', 'metrics', 'http-metrics'),
      protocol: fc.constantFrom('TCP', 'UDP'),
    },
    { requiredKeys: ['containerPort'] },
  ),
  { maxLength: 2 },
)

const volumeMounts = fc.array(
  fc.record({
    name: fc.constantFrom('data', 'longhaul'),
    mountPath: fc.constantFrom(
      '/data',
      '/etc',
      '/etc/ld.so.preload',
      '/opt',
      '/opt/longhaul',
      '/opt/longhaul/x',
      '/opt/other',
    ),
  }),
  { maxLength: 2 },
)

const containerBody = fc.record(
  {
    image: fc.constant('image:1'),
    env,
    ports,
    volumeMounts,
    lifecycle: fc.record({ preStop: handler, postStart: handler }, { requiredKeys: [] }),
    livenessProbe: fc.constantFrom(
      { tcpSocket: { port: 80 } },
      { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 30 },
      { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 900 },
    ),
    startupProbe: fc.constant({ tcpSocket: { port: 80 } }),
    readinessProbe: fc.constant({ tcpSocket: { port: 80 }, periodSeconds: 10 }),
  },
  { requiredKeys: ['image'] },
)

function named(bodies: readonly object[], names: readonly string[]): V1Container[] {
  return bodies.map((body, index) => ({ ...body, name: names[index] ?? `extra${index}` })) as V1Container[]
}

const containers = fc
  .tuple(fc.array(containerBody, { minLength: 1, maxLength: 3 }), fc.constantFrom('app', 'istio-proxy'))
  .map(([bodies, first]) => named(bodies, [first, 'c1', 'c2']))

const initContainers = fc
  .tuple(
    fc.array(fc.tuple(containerBody, fc.boolean()), { maxLength: 3 }),
    fc.constantFrom('init0', 'longhaul-init'),
  )
  .map(([bodies, first]) =>
    named(
      bodies.map(([body, isSidecar]) => (isSidecar ? { ...body, restartPolicy: 'Always' } : body)),
      [first, 'init1', 'init2'],
    ),
  )

const spec = fc.record(
  {
    containers,
    initContainers,
    volumes: fc.constantFrom<V1Volume[][]>(
      [{ name: 'data', emptyDir: {} }],
      [{ name: 'longhaul', hostPath: { path: '/x' } }],
      [{ name: 'longhaul', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
    ),
    hostNetwork: fc.boolean(),
    terminationGracePeriodSeconds: fc.constantFrom(-1, 0, 1, 30, 35, 3600, 2 ** 53 - 2, 2 ** 60),
    securityContext: fc.constantFrom(
      { runAsUser: 0 },
      { runAsUser: 1000 },
      { sysctls: [{ name: 'net.ipv4.tcp_keepalive_time', value: '7' }] },
    ),
    restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
    nodeSelector: fc.constantFrom({ 'kubernetes.io/os': 'linux' }, { 'kubernetes.io/os': 'windows' }),
  },
  { requiredKeys: ['containers'] },
)

const owner = fc
  .constantFrom('ReplicaSet', 'Job')
  .map(kind => [{ apiVersion: 'v1', kind, name: 'x', uid: 'u', controller: true }])

const metadata = fc.record(
  { name: fc.constant('p'), annotations: settings, labels: settings, ownerReferences: owner },
  { requiredKeys: [] },
)

export const pods: fc.Arbitrary<V1Pod> = fc
  .record({ metadata, spec }, { requiredKeys: ['spec'] })
  .map(each => ({ apiVersion: 'v1', kind: 'Pod', ...each }) as V1Pod)

/** The same without most of what an API server refuses: what is there twice, what is missing, texts that are no names. */
export const plausiblePods: fc.Arbitrary<V1Pod> = pods.map(({ metadata, spec, ...rest }) => {
  const { other: _, ...annotations } = metadata?.annotations ?? {}
  const { ownerReferences } = metadata ?? {}
  const tidy = (container: V1Container): V1Container => ({
    ...container,
    ...(container.ports && { ports: firstOf(container.ports, ({ name }) => name) }),
    ...(container.volumeMounts && { volumeMounts: firstOf(container.volumeMounts, each => each.mountPath) }),
  })
  const containers = (spec?.containers ?? []).map(tidy)
  const initContainers = (spec?.initContainers ?? []).map(tidy)
  const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts)
  const empty = mounted.map(({ name }): V1Volume => ({ name, emptyDir: {} }))
  const volumes = firstOf([...(spec?.volumes ?? []), ...empty], ({ name }) => name)
  return {
    ...rest,
    metadata: { name: 'one', annotations, ...(ownerReferences && { ownerReferences }) },
    spec: { ...spec, containers, initContainers, volumes },
  }
})

function firstOf<T>(items: readonly T[], key: (item: T) => unknown): T[] {
  return items.filter((item, index) => items.findIndex(each => key(each) === key(item)) === index)
}

export const namespaceLabels = fc.record(
  {
    'longhaul.dev/inject': fc.constantFrom('true', 'false'),
    'longhaul.dev/profile': fc.constantFrom('websocket', 'http'),
    'longhaul.dev/keepalive': fc.constantFrom('both', 'sysctl'),
  },
  { requiredKeys: [] },
)

/** A container as another webhook might add it between two runs. */
export const addedContainer: fc.Arbitrary<V1Container> = containerBody.map(body => ({
  ...(body as Omit<V1Container, 'name'>),
  name: 'added',
}))

/** The most bytes of annotations, keys and values together, that an API server takes. */
export const annotationsLimitBytes = 256 * 1024

/** The bytes of a pod's annotations as the API server counts them. */
export function annotationBytes({ metadata }: V1Pod): number {
  return Object.entries(metadata?.annotations ?? {})
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}

/** How much room there is in annotations that are nearly full. */
export const littleRoomBytes = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 5000 }))

/** The pod with so many bytes of room left in its annotations; half of the characters that fill them take two bytes. */
export function withRoom(pod: V1Pod, roomBytes: number): V1Pod {
  const bytes = annotationsLimitBytes - roomBytes - annotationBytes(pod) - 'note'.length
  const note = 'éx'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3)
  return { ...pod, metadata: { ...pod.metadata, annotations: { ...pod.metadata?.annotations, note } } }
}
