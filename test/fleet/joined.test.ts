/** What the containers of a pod know, put together. */

import { describe, expect, it } from 'vitest'
import { podEndings } from '../../src/fleet/hangup/ending.ts'
import { joinContainers } from '../../src/fleet/joined.ts'
import { ended, fleetPod, listed } from './connections.ts'

const first = <Line>([line]: readonly Line[]) => line
const unknown = { pid: null, process: null }

describe('a connection that several containers see', () => {
  const both = fleetPod(['app', 'proxy'])

  it('is that of the one that knows its process, as that one tells of it', () => {
    const answers = [
      { container: 'app', lines: [listed({ ...unknown, userTimeoutSeconds: null })] },
      { container: 'proxy', lines: [listed({ process: 'nginx' })] },
    ]
    expect(joinContainers(both, answers, first)).toEqual([
      { ...listed({ process: 'nginx' }), container: 'proxy' },
    ])
  })

  it.each([
    ['none knows', unknown, null],
    // They share their process namespace.
    ['several know', {}, null],
  ])('is of no container where %s its process', (_, process, container) => {
    const answers = both.containers.map(name => ({ container: name, lines: [listed(process)] }))
    expect(joinContainers(both, answers, first)).toEqual([{ ...listed(process), container }])
  })

  it('is of the only one there is, also where that may not see its process', () => {
    const only = fleetPod(['app'])
    const answers = [{ container: 'app', lines: [listed(unknown)] }]
    expect(joinContainers(only, answers, first)).toMatchObject([{ container: 'app' }])
  })
})

it('tells those apart that differ in one port', () => {
  const lines = [listed(), listed({ localPort: 40_001 }), listed({ remotePort: 6380 })]
  expect(joinContainers(fleetPod(['app']), [{ container: 'app', lines }], first)).toHaveLength(3)
})

it("leaves out, on the node's network, what no process of the pod holds", () => {
  const pod = fleetPod(['app'], {
    spec: { containers: fleetPod(['app']).object.spec?.containers ?? [], hostNetwork: true },
  })
  const lines = [listed(unknown), listed({ localPort: 40_001 })]
  expect(joinContainers(pod, [{ container: 'app', lines }], first)).toEqual([
    { ...lines[1], container: 'app' },
  ])
})

describe('what becomes of a connection', () => {
  const pod = fleetPod(['app', 'proxy'])
  const outcomeOf = (app: ReturnType<typeof ended>, proxy: ReturnType<typeof ended>) =>
    podEndings(
      pod,
      new Map([
        ['app', [app]],
        ['proxy', [proxy]],
      ]),
    ).connections

  it.each([
    ['hung-up', 'unowned', 'hung-up'],
    ['hung-up', 'denied', 'hung-up'],
    ['dry-run', 'unowned', 'dry-run'],
    ['not-reached', 'unowned', 'not-reached'],
    ['gone', 'unowned', 'gone'],
    ['left', 'unowned', 'left'],
    ['unowned', 'denied', 'denied'],
  ] as const)('%s in one container and %s in the other: %s', (here, there, outcome) => {
    const other = ended(there, unknown)
    expect(outcomeOf(ended(here, here === 'unowned' ? unknown : {}), other)).toMatchObject([{ outcome }])
  })

  it('is hung up by the first of those that share their processes', () => {
    expect(outcomeOf(ended('gone'), ended('hung-up'))).toMatchObject([{ outcome: 'hung-up' }])
  })

  it('names the containers that were asked where none of them holds it', () => {
    const [connection] = outcomeOf(ended('unowned', unknown), ended('unowned', unknown))
    expect(connection?.reason).toBe("no process of a container with Longhaul's files (app, proxy) holds it")
  })
})
