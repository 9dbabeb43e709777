/** Pods that fast-check makes to cost much: many of everything that is looked at, long texts, odd shapes. */

import type { V1Pod } from '@kubernetes/client-node'
import fc from 'fast-check'
import { keys } from '../../src/policy/settings.ts'

/** How many there are of something: mostly few, sometimes as many as make a quadratic cost stand out. */
const count = (most: number) =>
  fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: most }), fc.constant(most))

const longText = fc
  .tuple(
    fc.constantFrom('a', 'a,', ' ', ':', '/a.so ', '\u001b[2J', '漢', '{"a":', '1', '.', 'x=', '1h'),
    count(4000),
  )
  .map(([text, times]) => text.repeat(times))

/** Of each entry, the same but for its number. */
const many = <T>(most: number, of: (index: number) => T) =>
  count(most).map(times => Array.from({ length: times }, (_, index) => of(index)))

/** An object within an object, and so on. */
const nested = count(300).map(depth => {
  let inner: object = {}
  for (let level = 0; level < depth; level++) inner = { inner }
  return inner
})

const values = fc.constantFrom('true', '5s', '60x', 'websocket', 'both', 'auto', '80,http', '10m', 'off')

const annotations = fc
  .record({
    known: fc.dictionary(fc.constantFrom(...keys), fc.oneof(values, longText), { maxKeys: keys.length }),
    unknown: many(1500, index => [`longhaul.dev/x${index}`, ''] as const),
    others: many(500, index => [`example.com/${index}`, 'x'] as const),
    names: many(400, index => `c${index}`),
    hasNames: fc.boolean(),
    status: longText,
  })
  .map(({ known, unknown, others, names, hasNames, status }) => ({
    ...Object.fromEntries(Object.entries(known).map(([key, value]) => [`longhaul.dev/${key}`, value])),
    ...Object.fromEntries([...unknown, ...others]),
    ...(hasNames ? { 'longhaul.dev/containers': names.join() } : {}),
    ...(status === '' ? {} : { 'longhaul.dev/status': status }),
    'longhaul.dev/inject': 'true',
  }))

const probe = { httpGet: { path: '/', port: 'http' }, periodSeconds: 10 }

const container = fc.record({
  env: many(60, index => ({ name: index % 9 === 0 ? 'LD_PRELOAD' : `E${index}`, value: '/a.so' })),
  ports: many(30, index => ({ containerPort: 1 + index, name: `p${index}` })),
  volumeMounts: many(30, index => ({ name: 'longhaul', mountPath: `/opt/longhaul/${index}` })),
  lifecycle: fc.constantFrom(undefined, {}, { preStop: { exec: { command: ['x'] } } }),
  livenessProbe: fc.constantFrom(undefined, probe),
  resources: nested,
  image: longText,
})

const affinity = fc
  .record({
    terms: many(100, index => index),
    expressions: many(20, index => ({
      key: [`label-${index}`, 'kubernetes.io/os', 'kubernetes.io/arch'][index % 3],
      operator: ['In', 'NotIn', 'NotIn'][index % 3],
      values: Array.from({ length: index }, (_, value) => `v${value}`),
    })),
  })
  .map(({ terms, expressions }) => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms.map(() => ({ matchExpressions: expressions })),
      },
    },
  }))

/** A pod of up to some hundred kilobytes, some of whose fields no API server would let through. */
export const hostilePods: fc.Arbitrary<V1Pod> = fc
  .record({
    annotations,
    each: container,
    containers: many(500, index => `c${index}`),
    initContainers: many(300, index => ({ name: `i${index}`, restartPolicy: 'Always' })),
    volumes: many(300, index => ({ name: `v${index}`, emptyDir: {} })),
    sysctls: many(300, index => ({ name: `net.ipv4.x${index}`, value: '1' })),
    nodeSelector: many(300, index => [`label-${index}`, 'x'] as const),
    affinity,
    odd: fc.constantFrom({}, {}, {}, { volumes: null }, { initContainers: null }, { securityContext: 1 }),
  })
  .map(({ annotations, each, containers, nodeSelector, sysctls, odd, ...spec }) => {
    const all = { ...spec, containers: containers.map(name => ({ ...each, name })) }
    const pod = {
      metadata: { name: 'hostile', annotations },
      spec: {
        ...all,
        nodeSelector: Object.fromEntries(nodeSelector),
        securityContext: { sysctls },
        terminationGracePeriodSeconds: 30,
        ...odd,
      },
    }
    // As it comes over the wire: no object stands in two places.
    return JSON.parse(JSON.stringify(pod)) as V1Pod
  })
  .filter(pod => JSON.stringify(pod).length < 1_000_000)
