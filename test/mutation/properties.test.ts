/** What must hold for every pod: of the golden cases, of the corpus, and of fast-check's. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import fc from 'fast-check'
import jsonPatch from 'fast-json-patch'
import { describe, expect, it } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { isKubernetesObject, isWorkload, podOf } from '../../src/manifests/workloads.ts'
import { decide, type Namespace } from '../../src/mutation/decide.ts'
import { type Config, defaultConfig, preloadCarriers } from '../../src/policy/config.ts'
import { corpusFiles, corpusSkipReason } from '../corpus.ts'
import { goldenCases } from './golden.ts'
import {
  addedContainer,
  annotationBytes,
  annotationsLimitBytes,
  littleRoomBytes,
  namespaceLabels,
  plausiblePods,
  pods,
  withRoom,
} from './pods.ts'
import { lost } from './preserves.ts'

/** A copy as it comes over the wire: generated pods can hold one object in two places, parsed ones can't. */
function fromJson(pod: V1Pod): V1Pod {
  return JSON.parse(JSON.stringify(pod))
}

/** Checks all that must hold for one pod, and gives what became of it. */
function check(pod: V1Pod, namespace: Namespace, config: Config): V1Pod {
  const before = fromJson(pod)
  const { mutation, patch } = decide(pod, namespace, config)
  expect(pod, 'the input is not changed').toEqual(before)
  expect(lost(pod, mutation.pod), "nothing of the user's is lost").toEqual([])
  const patched = jsonPatch.applyPatch(fromJson(pod), [...patch], true, true, false).newDocument
  expect(patched, 'the patch gives the output').toEqual(mutation.pod)
  if (mutation.outcome === 'mutated') expect(patch).not.toEqual([])
  else expect([patch, mutation.pod === pod], 'no patch, and the very same pod').toEqual([[], true])
  const again = decide(mutation.pod, namespace, config)
  expect(again.patch, 'a second run changes nothing').toEqual([])
  expect(again.mutation.problems, 'a second run says the same').toEqual(mutation.problems)
  return mutation.pod
}

function withAdded(pod: V1Pod, added: V1Container): V1Pod {
  return { ...pod, spec: { ...pod.spec, containers: [...(pod.spec?.containers ?? []), added] } }
}

function checkWithAddition(pod: V1Pod, added: V1Container, namespace: Namespace, config: Config): void {
  const mutated = check(pod, namespace, config)
  const { mutation } = decide(withAdded(mutated, added), namespace, config)
  expect(lost(withAdded(pod, added), mutation.pod), "nothing of the user's is lost").toEqual([])
  expect(decide(mutation.pod, namespace, config).patch, 'idempotent after an addition').toEqual([])
  if (mutation.outcome === 'skipped') return
  const sleepers = (each: V1Pod) =>
    each.spec?.containers.filter(({ lifecycle }) => lifecycle?.postStart?.sleep?.seconds === 20)
  expect(sleepers(mutation.pod)?.length, 'one postStart sleep at most').toBeLessThanOrEqual(1)
  const grace = (each: V1Pod) => each.spec?.terminationGracePeriodSeconds ?? 30
  const atOnce = decide(withAdded(pod, added), namespace, config)
  const drains = (each: V1Pod) =>
    each.spec?.containers.map(({ lifecycle }) => lifecycle?.preStop?.exec?.command?.join(' ')).filter(isDrain)
  expect(drains(mutation.pod), 'the drains of a first run').toEqual(drains(atOnce.mutation.pod))
  // A pod that comes with files like Longhaul's can't be told from one that has been through an earlier run.
  const hasFiles = pod.spec?.volumes?.some(({ name }) => name === 'longhaul') === true
  // One that is denied as a whole, by a strict configuration, is not changed at once.
  const isChangedAtOnce = atOnce.mutation.outcome === 'mutated'
  if (grace(mutated) !== grace(pod) && !hasFiles && isChangedAtOnce) {
    expect(grace(mutation.pod), 'the preStop time is not added twice').toBe(grace(atOnce.mutation.pod))
  }
}

function isDrain(command: string | undefined): boolean {
  return command?.startsWith('/opt/longhaul/longhaul drain') === true
}

it.each([
  ['post-start-sleep', { 'longhaul.dev/post-start-sleep': '33s', 'longhaul.dev/pre-stop-sleep': 'off' }],
  ['pre-stop-sleep', { 'longhaul.dev/pre-stop-sleep': '40s', 'longhaul.dev/grace-period': 'off' }],
])(
  'a program that sleeps for %s is known again where the grace period has room by then',
  (_, annotations) => {
    const namespace = { name: 'default', labels: {} }
    const spec = { containers: [{ name: 'app', image: 'app:1' }] }
    const { mutation } = decide({ metadata: { name: 'app', annotations }, spec }, namespace, defaultConfig)
    expect(JSON.stringify(mutation.pod.spec?.containers)).toContain('drain')
    const raised = {
      ...mutation.pod,
      spec: { ...mutation.pod.spec, terminationGracePeriodSeconds: 60 },
    } as V1Pod
    const again = decide(raised, namespace, defaultConfig)
    expect({ patch: again.patch, problems: again.mutation.problems }).toEqual({ patch: [], problems: [] })
  },
)

it('a program that only sleeps is outdated where connections are to be drained', () => {
  const command = ['/opt/longhaul/longhaul', 'drain', '--sleep=5s', '--timeout=0s']
  const app = { name: 'app', image: 'app:1', lifecycle: { preStop: { exec: { command } } } }
  const pod = {
    metadata: { annotations: { 'longhaul.dev/drain-timeout': '5m' } },
    spec: { containers: [app] },
  }
  const { problems } = decide(pod, { name: 'default', labels: {} }, defaultConfig).mutation
  expect(problems.map(({ rule }) => rule)).toEqual(['has the preStop hook of an earlier run'])
})

describe('golden cases', () => {
  it.each(goldenCases())('$name', ({ pod, namespace, config }) => {
    check(pod, namespace, config)
  })
})

describe('generated pods', () => {
  const configs = fc
    .tuple(fc.constantFrom(28, 29, 30, 36), fc.boolean(), fc.constantFrom(...preloadCarriers))
    .map(
      ([minor, strict, carrier]): Config => ({
        ...defaultConfig,
        strict,
        preload: { carrier },
        kubernetesVersion: { major: 1, minor },
      }),
    )

  it('hold all properties', () => {
    fc.assert(
      fc.property(pods, namespaceLabels, configs, (pod, labels, config) => {
        check(pod, { name: 'default', labels }, config)
      }),
      { numRuns: 2000 },
    )
  })

  it('hold them also where another webhook adds a container between two runs', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(pods, addedContainer, namespaceLabels, configs, (pod, container, labels, config) => {
        checkWithAddition(pod, container, { name: 'default', labels }, config)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('pods with annotations around the limit', () => {
  const inject = { 'longhaul.dev/inject': 'true' }

  it('are changed as others are, and stay within it', () => {
    let left = 0
    const property = fc.property(
      plausiblePods,
      littleRoomBytes,
      addedContainer,
      (roomy, roomBytes, container) => {
        const namespace = { name: 'default', labels: inject }
        const pod = withRoom(roomy, roomBytes)
        const { mutation } = decide(pod, namespace, defaultConfig)
        expect(annotationBytes(mutation.pod)).toBeLessThanOrEqual(annotationsLimitBytes)
        expect(lost(pod, mutation.pod)).toEqual([])
        // A hook that is just like Longhaul's can't be told from one that an earlier run set.
        if (pod.spec?.containers.every(({ lifecycle }) => lifecycle?.preStop === undefined)) {
          const withStatus = decide(roomy, namespace, defaultConfig).mutation.pod
          expect(mutation.pod.spec, 'the spec is that of a pod with room').toEqual(withStatus.spec)
        }
        expect(decide(mutation.pod, namespace, defaultConfig).patch, 'a second run changes nothing').toEqual(
          [],
        )
        const more = decide(withAdded(mutation.pod, container), namespace, defaultConfig).mutation.pod
        expect(decide(more, namespace, defaultConfig).patch, 'idempotent after an addition').toEqual([])
        if (
          mutation.outcome === 'mutated' &&
          mutation.pod.metadata?.annotations?.['longhaul.dev/status'] === undefined
        )
          left++
      },
    )
    fc.assert(property, { numRuns: 1000 })
    expect(left, 'pods without a status').toBeGreaterThan(5)
  })
})

describe('corpus', () => {
  it('holds all properties, with every profile', context => {
    if (corpusSkipReason !== undefined) context.skip(corpusSkipReason)
    const objects = corpusFiles().flatMap(({ file, text }) =>
      readDocuments(text, file).map(({ value }) => value),
    )
    const workloads = objects.filter(isKubernetesObject).filter(isWorkload)
    expect(workloads.length).toBeGreaterThan(30)
    for (const workload of workloads) {
      for (const profile of defaultConfig.profiles.keys()) {
        const labels = { 'longhaul.dev/inject': 'true', 'longhaul.dev/profile': profile }
        check(podOf(workload, 'default'), { name: 'default', labels }, defaultConfig)
      }
    }
  })
})
