/** A session as users have it: one connection, and a request after the other over it, which must all be answered. */

import type { V1Pod } from '@kubernetes/client-node'
import { until } from '../cluster/until.ts'
import { type Namespace, podOf } from './pods.ts'

const stepMs = 120_000
const enoughAnswers = 20
const leave = '/tmp/leave'

/** Says the status of each answer, and `left` at the end; fails where the connection is cut. */
const script = `import http.client, os, sys, time
connection = http.client.HTTPConnection(sys.argv[1], sys.argv[2], timeout=30)
connection.connect()
connection.auto_open = False
while not os.path.exists('${leave}'):
    connection.request('GET', '/')
    answer = connection.getresponse()
    answer.read()
    print(answer.status, flush=True)
    if answer.status != 200:
        sys.exit(1)
    time.sleep(0.1)
print('left')
`

export interface Session {
  /** Waits until it has had some more answers. */
  goesOn(): Promise<void>
  /** Ends it. Gives the last that it said: `left`, or what was wrong with it. */
  end(): Promise<string>
}

/** The pod of its client. */
export function sessionPod(name: string, host: string, port: number): V1Pod {
  return podOf(name, ['python3', '-c', script, host, String(port)], {
    annotations: { 'longhaul.dev/inject': 'false' },
    spec: { restartPolicy: 'Never' },
  })
}

/** The session of the client in a pod, once it has had its first answers. */
export async function sessionOf(namespace: Namespace, pod: string): Promise<Session> {
  const lines = async () => (await namespace.kubectl('logs', pod)).trimEnd().split('\n')
  const untilMoreThan = (before: number) =>
    until(`${pod} goes on`, async () => (await lines()).length > before + enoughAnswers, stepMs)
  await untilMoreThan(0)
  return {
    goesOn: async () => untilMoreThan((await lines()).length),
    async end() {
      const lastOf = async () => (await lines()).at(-1) ?? ''
      if ((await lastOf()) === '200') await namespace.kubectl('exec', pod, '--', 'touch', leave)
      await until(`${pod} has ended`, async () => (await lastOf()) !== '200', stepMs)
      return lastOf()
    },
  }
}
