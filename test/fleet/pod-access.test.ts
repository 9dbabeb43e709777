/** In which containers of a pod the binary can be run. */

import { describe, expect, it } from 'vitest'
import type { Fleet } from '../../src/fleet/ask.ts'
import { planHangup } from '../../src/fleet/hangup/plan.ts'
import { accessTo, hasEnded } from '../../src/fleet/pod-access.ts'
import { podWith, runningStatus } from './connections.ts'

const waiting = (name: string) => ({
  ...runningStatus(name),
  state: { waiting: { reason: 'CrashLoopBackOff' } },
})

describe('a pod', () => {
  it('is asked in every container that runs and has the files, sidecars too', () => {
    const sidecar = {
      name: 'sidecar',
      restartPolicy: 'Always',
      volumeMounts: [{ name: 'x', mountPath: '/opt/longhaul' }],
    }
    const init = { name: 'init', volumeMounts: [{ name: 'x', mountPath: '/opt/longhaul' }] }
    const pod = podWith(['app', 'broken', 'foreign'], {
      spec: {
        containers: ['app', 'broken', 'foreign'].map(name =>
          name === 'foreign' ? { name } : { name, volumeMounts: [{ name: 'x', mountPath: '/opt/longhaul' }] },
        ),
        initContainers: [init, sidecar],
      },
      status: {
        containerStatuses: [runningStatus('app'), waiting('broken'), runningStatus('foreign')],
        initContainerStatuses: [runningStatus('init'), runningStatus('sidecar')],
      },
    })
    expect(accessTo(pod)).toMatchObject({ namespace: 'prod', name: 'chat-1', containers: ['sidecar', 'app'] })
    expect(accessTo(pod)).not.toHaveProperty('onlyContainer')
  })

  it('of one container has all connections there', () => {
    expect(accessTo(podWith(['app']))).toMatchObject({ onlyContainer: 'app', isTerminating: false })
  })

  it('without the files is told what to do', () => {
    const pod = podWith(['app'], { spec: { containers: [{ name: 'app' }] } })
    expect(accessTo(pod)).toMatchObject({
      isFailure: true,
      reason: expect.stringContaining('longhaul.dev/inject=true'),
    })
  })

  it('that does not run yet is no failure', () => {
    const pod = podWith(['app'], { status: { phase: 'Pending' } })
    expect(accessTo(podWith(['app'], { status: { ...pod.status, containerStatuses: [] } }))).toMatchObject({
      isFailure: false,
      reason: 'it does not run (Pending)',
    })
  })

  it('whose container with the files does not run can not be asked', () => {
    const pod = podWith(['app', 'foreign'], {
      spec: {
        containers: [
          { name: 'app', volumeMounts: [{ name: 'x', mountPath: '/opt/longhaul' }] },
          { name: 'foreign' },
        ],
      },
      status: { containerStatuses: [waiting('app'), runningStatus('foreign')] },
    })
    expect(accessTo(pod)).toMatchObject({ isFailure: true, reason: expect.stringContaining('runs') })
  })
})

describe('a pod that sees the processes of its node', () => {
  const podIn = (more: object) => {
    const pod = podWith(['app'])
    return { ...pod, spec: { containers: pod.spec?.containers ?? [], ...more } }
  }

  it('is not listed where it is on its network, too', () => {
    expect(accessTo(podIn({ hostPID: true, hostNetwork: true }))).toMatchObject({
      isFailure: true,
      reason: expect.stringContaining('hostNetwork and hostPID'),
    })
    expect(accessTo(podIn({ hostPID: true }))).toMatchObject({ containers: ['app'] })
  })

  it('is never asked to hang up', async () => {
    const nobody = {} as Fleet
    const request = { peer: { address: '10.0.0.7', ports: '0' }, spreadMs: 0 }
    expect(await planHangup(nobody, [podIn({ hostPID: true })], request)).toEqual({
      pods: [],
      leftOut: [
        {
          namespace: 'prod',
          name: 'chat-1',
          reason: 'it has hostPID, where the processes of others would be reached as well',
          isFailure: true,
        },
      ],
    })
  })
})

describe('a container', () => {
  const before = podWith(['app'])

  it('goes on', () => {
    expect(hasEnded(before, 'app', podWith(['app']))).toBe(false)
  })

  it.each([
    ['its pod is gone', undefined],
    ['another pod has its name', podWith(['app'], { metadata: { uid: 'two' } })],
    ['it waits to be restarted', podWith(['app'], { status: { containerStatuses: [waiting('app')] } })],
    ['it was restarted', podWith(['app'], { status: { containerStatuses: [runningStatus('app', 'next')] } })],
  ])('has ended where %s', (_, now) => {
    expect(hasEnded(before, 'app', now)).toBe(true)
  })
})
