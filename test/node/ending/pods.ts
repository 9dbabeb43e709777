/** Pods whose ends differ, and what they say of them: the same for the cluster's kubelets and for the lab's. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { V1Pod } from '@kubernetes/client-node'
import { type PodParts, podOf } from '../pods.ts'

/** All times of the pods are multiples of it, but one. Seconds. */
const step = 5
const never = 3600

const witness = readFileSync(join(import.meta.dirname, 'witness.py'), 'utf8')
const drain = (timeoutSeconds: number) => ({
  'longhaul.dev/pre-stop-sleep': `${step}s`,
  'longhaul.dev/drain-timeout': `${timeoutSeconds}s`,
})

/** Each says when it has a session, and is to have one when it is deleted. */
export const endingPods: readonly V1Pod[] = [
  endingPod(
    'sessions-end',
    { sessionSeconds: 2 * step, stopSeconds: step },
    { annotations: drain(15 * step) },
  ),
  endingPod(
    'drain-times-out',
    { sessionSeconds: never, stopSeconds: never },
    { annotations: drain(step), spec: { terminationGracePeriodSeconds: step } },
  ),
  // It has time to stop after SIGTERM all the same.
  endingPod(
    'hook-outlasts-grace',
    { sessionSeconds: never, stopSeconds: 1 },
    {
      container: { lifecycle: { preStop: { exec: { command: ['sleep', String(never)] } } } },
      spec: { terminationGracePeriodSeconds: 2 * step },
    },
  ),
]

function endingPod(
  name: string,
  { sessionSeconds, stopSeconds }: { sessionSeconds: number; stopSeconds: number },
  parts: PodParts,
): V1Pod {
  return podOf(name, ['python3', '-c', witness, String(sessionSeconds), String(stopSeconds)], parts)
}

/** A client that holds a session until the server ends it. */
export function clientOf(name: string, address: string): V1Pod {
  const script = `import socket, time
while True:
    try:
        session = socket.create_connection(('${address}', 8080))
        break
    except OSError:
        time.sleep(0.1)
session.recv(1)`
  return podOf(`${name}-client`, ['python3', '-c', script], { spec: { restartPolicy: 'Never' } })
}

/** What it says when it has its session, and when it is told to stop. */
export const sessionBegins = 'session begins'
export const sigterm = 'SIGTERM'

/** What happened, in order, each with the steps since the hook began. */
export function timelineOf(log: string): string[] {
  const events = [...log.matchAll(/^([\d.]+) (.+)$/gm)].map(([, seconds, what]) => ({
    seconds: Number(seconds),
    what,
  }))
  const hookSeconds = events.find(({ what }) => what === 'hook')?.seconds ?? Number.NaN
  return events
    .filter(({ seconds }) => seconds >= hookSeconds)
    .filter(({ what }, index, { length }) => what !== 'lives' || index === length - 1)
    .map(({ seconds, what }) => `${what} after ${Math.round((seconds - hookSeconds) / step)}`)
}
