/** Whether an API server that connected anew would trust a replica, asked all the time. */

import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import { AdmissionregistrationV1Api } from '@kubernetes/client-node'
import type { ControlPlane } from './control-plane.ts'
import type { Installation } from './installation.ts'
import { namespace, release } from './release.ts'

export interface TrustProbe {
  /** Handshakes that succeeded. */
  count(): number
  /** Why the others failed. */
  failures(): readonly string[]
  stop(): Promise<void>
}

const pauseMs = 100

/** Connects to each replica of the Service in turn, trusting what stands in the webhook configuration just then. */
export function startTrustProbe({ admin }: ControlPlane, { replicas }: Installation): TrustProbe {
  const registration = admin.config.makeApiClient(AdmissionregistrationV1Api)
  const failures: string[] = []
  const stop = new AbortController()
  let count = 0
  const run = async () => {
    while (!stop.signal.aborted) {
      await delay(pauseMs)
      const { webhooks } = await registration.readMutatingWebhookConfiguration({ name: release })
      const ca = Buffer.from(webhooks?.[0]?.clientConfig.caBundle ?? '', 'base64')
      for (const { port } of [...replicas]) {
        try {
          await handshake(port, ca)
          count++
        } catch (error) {
          // One that has died, in the middle of the handshake maybe, is nobody to trust.
          if (await isClosed(port)) continue
          failures.push(`${new Date().toISOString()}: ${(error as Error).message}`)
        }
      }
    }
  }
  // While the API server is away there is nothing to learn: another try then.
  const untilStopped = async () => {
    while (!stop.signal.aborted) await run().catch(() => delay(pauseMs))
  }
  const whole = untilStopped()
  return {
    count: () => count,
    failures: () => failures,
    stop() {
      stop.abort()
      return whole
    },
  }
}

async function isClosed(port: number): Promise<boolean> {
  const socket = connectTcp({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}

async function handshake(port: number, ca: Buffer): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', ca, servername: `${release}.${namespace}.svc` })
  try {
    await once(socket, 'secureConnect')
  } finally {
    socket.destroy()
  }
}
