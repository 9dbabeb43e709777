import type { V1Pod } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/mutation/decide.ts'
import { defaultConfig } from '../../../src/policy/config.ts'
import { compare } from '../../../src/preview/live/comparison.ts'
import { isCertain, type Unread } from '../../../src/preview/live/unread.ts'
import { version } from '../../../src/version.ts'
import { withRoom } from '../../mutation/pods.ts'

const asking = { 'longhaul.dev/inject': 'true' }
const namespace = { name: 'prod', labels: {} }
const statusKey = 'longhaul.dev/status'

function pod(annotations: Record<string, string>): V1Pod {
  return { metadata: { annotations }, spec: { containers: [{ name: 'app', image: 'example.com/app' }] } }
}

function comparisonOf(
  sent: V1Pod,
  answered: V1Pod,
  some: { isInstalled?: boolean | undefined; strict?: boolean; unread?: readonly Unread[] } = {},
) {
  const { isInstalled, strict, unread } = { isInstalled: true, strict: false, unread: [], ...some }
  const config = { ...defaultConfig, strict }
  return compare({
    sent,
    answered,
    expected: decide(sent, namespace, config),
    remaining: decide(answered, namespace, config),
    installation: { isInstalled },
    unread: new Set(unread),
  })
}

const done = decide(pod(asking), namespace, defaultConfig).mutation.pod

/** The pod as Longhaul makes it, with another text as its status. */
function withStatus(text: string): V1Pod {
  return { ...done, metadata: { annotations: { ...done.metadata?.annotations, [statusKey]: text } } }
}

describe("the cluster's Longhaul", () => {
  it('did what is expected', () => {
    expect(comparisonOf(pod(asking), done)).toEqual({ isLonghaulsWork: true, differences: [], unread: [] })
    const untouched = { isLonghaulsWork: false, differences: [], unread: [] }
    expect(comparisonOf(pod({}), pod({}))).toEqual(untouched)
  })

  it('did what is expected to a container that another webhook added, too', () => {
    const sidecar = { name: 'sidecar', image: 'example.com/sidecar' }
    const both = pod(asking)
    both.spec?.containers.push(sidecar)
    expect(
      comparisonOf(pod(asking), decide(both, namespace, defaultConfig).mutation.pod).differences,
    ).toEqual([])
  })

  it('had nothing to do for a pod that it had changed at its creation', () => {
    expect(comparisonOf(done, done)).toEqual({ isLonghaulsWork: false, differences: [], unread: [] })
  })

  it('did what is expected to a pod whose annotations have no room for a status', () => {
    const full = withRoom(pod(asking), 0)
    const changed = decide(full, namespace, defaultConfig).mutation.pod
    expect(comparisonOf(full, changed)).toEqual({ isLonghaulsWork: true, differences: [], unread: [] })
    const { isLonghaulsWork, differences } = comparisonOf(full, full)
    expect([isLonghaulsWork, differences]).toEqual([false, [expect.stringMatching(/changed nothing/)]])
  })

  it('did what is expected to more containers than the status names', () => {
    const many = pod(asking)
    for (let index = 0; index < 300; index++) many.spec?.containers.push({ name: `container-${index}` })
    const changed = decide(many, namespace, defaultConfig).mutation.pod
    expect(comparisonOf(many, changed).differences).toEqual([])
    const undone = { ...changed, spec: many.spec ?? { containers: [] } }
    expect(comparisonOf(many, undone).differences).toEqual(['another webhook changed what Longhaul had set'])
  })

  it.each([
    [false, /^Longhaul changed nothing: no webhook of it is in the cluster$/],
    [true, /^Longhaul changed nothing: its webhook was not called, or .* \(failurePolicy Ignore\)$/],
    [undefined, /, or it is not installed$/],
  ])('did nothing (installed: %s)', (isInstalled, message) => {
    const { isLonghaulsWork, differences } = comparisonOf(pod(asking), pod(asking), { isInstalled })
    expect([isLonghaulsWork, differences]).toEqual([false, [expect.stringMatching(message)]])
  })

  it('changed what is to be left alone', () => {
    const changed = {
      ...done,
      metadata: { annotations: { [statusKey]: done.metadata?.annotations?.[statusKey] ?? '' } },
    }
    expect(comparisonOf(pod({}), changed)).toEqual({
      isLonghaulsWork: true,
      differences: [
        'Longhaul changed a pod in the cluster that it is to leave alone: Neither the pod nor its namespace asks to be changed.',
      ],
      unread: [],
    })
  })

  it('is of another version, and did other things', () => {
    const features = { 'pre-stop': { containers: ['app'], set: 'sleep 9s' }, novelty: {} }
    const { differences } = comparisonOf(
      pod(asking),
      withStatus(JSON.stringify({ version: '9.9.9', features })),
    )
    expect(differences).toContain(`the cluster has Longhaul 9.9.9, this is ${version}`)
    expect(differences).toContain(
      'pre-stop: {"containers":["app"],"set":"sleep 9s"} in the cluster, {"containers":["app"],"set":"sleep 5s"} expected',
    )
    expect(differences).toContain('novelty: {} in the cluster, nothing expected')
    expect(differences).toHaveLength(5)
  })

  it('was overruled by another webhook', () => {
    const undone = { ...done, spec: { ...pod({}).spec, containers: pod({}).spec?.containers ?? [] } }
    expect(comparisonOf(pod(asking), undone).differences).toEqual([
      'another webhook changed what Longhaul had set',
    ])
  })

  it.each(['{', '[]', 'null', '"x"'])('left a status that is not readable: %s', text => {
    expect(comparisonOf(pod(asking), withStatus(text)).differences).not.toEqual([])
  })

  it('is less strict', () => {
    const mistaken = pod({ 'longhaul.dev/keepalive-idle': '60x' })
    expect(comparisonOf(mistaken, mistaken, { strict: true }).differences).toEqual([
      'Longhaul is to deny the pod, as the configuration is strict, but the cluster admits it',
    ])
  })
})

describe('without what could not be read', () => {
  const refusing = { 'longhaul.dev/inject': 'false' }
  const other = withStatus(JSON.stringify({ version, features: { 'pre-stop': { set: 'sleep 9s' } } }))
  const both = ['labels', 'configuration'] as const

  it.each<[string, V1Pod, V1Pod, readonly Unread[], readonly Unread[]]>([
    ['whether a pod that asks for nothing is left alone', pod({}), pod({}), both, ['labels']],
    ['whether it is to be changed', pod({}), done, both, ['labels']],
    ['what is to be changed', pod(asking), other, both, both],
    ['whether a change is missing', pod(asking), pod(asking), ['configuration'], ['configuration']],
  ])('can not be told: %s', (_, sent, answered, unread, missing) => {
    const isLonghaulsWork = answered !== sent && answered.metadata?.annotations?.[statusKey] !== undefined
    expect(comparisonOf(sent, answered, { unread })).toEqual({
      isLonghaulsWork,
      differences: [],
      unread: missing,
    })
  })

  it.each<[string, V1Pod, V1Pod, readonly Unread[], number]>([
    ['a pod that refuses was changed', pod(refusing), done, both, 1],
    ['a pod that refuses was left alone', pod(refusing), pod(refusing), both, 0],
    ['nobody asks, whatever the configuration is', pod({}), done, ['configuration'], 1],
    ['all is as it is expected without', pod(asking), done, both, 0],
  ])('can be told: %s', (_, sent, answered, unread, count) => {
    const comparison = comparisonOf(sent, answered, { unread })
    expect([comparison.differences.length, comparison.unread]).toEqual([count, []])
  })

  it('problems are certain that somebody wrote, but for profiles', () => {
    const problem = { key: 'keepalive-idle', value: '60x', place: '', rule: '', fix: '', effect: '' }
    const profile = { ...problem, key: 'profile', value: 'ours' }
    const { value: _, ...met } = problem
    expect([problem, profile, met].map(each => isCertain(each, both))).toEqual([true, false, false])
    expect([problem, profile, met].map(each => isCertain(each, ['labels']))).toEqual([true, true, false])
    expect([problem, profile, met].map(each => isCertain(each, []))).toEqual([true, true, true])
  })
})
