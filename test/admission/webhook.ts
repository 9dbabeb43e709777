/** The webhook's server on a loopback port, and clients that verify its certificate. */

import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, type RequestOptions, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import type { AdmissionServices } from '../../src/admission/admit.ts'
import type { BodyLimits } from '../../src/admission/bodies.ts'
import { createAuthority, createLeaf } from '../../src/admission/certificates.ts'
import { type Connections, followConnections } from '../../src/admission/graceful-stop.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { createAdmissionServer } from '../../src/admission/server.ts'
import { defaultConfig } from '../../src/policy/config.ts'

const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
const authority = await createAuthority('Test CA', validity)
/** What servers show that these clients trust. */
export const leaf = await createLeaf(
  authority,
  ['localhost', '127.0.0.1', 'longhaul.longhaul-system.svc'],
  validity,
)

/** The CA that clients verify the webhook with. */
export const ca = authority.cert

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Webhook {
  port: number
  connections: Connections
  /** The log so far, a string a line. */
  logLines: string[]
  /** The value of a metric's line, such as `longhaul_refused_requests_total{status="400"}`; 0 without it. */
  count(series: string): Promise<number>
  /** Sends a request over verified TLS, on a connection of its own where no agent is given. */
  send(options: RequestOptions, body?: string | Buffer): Promise<Answer>
  close(): Promise<void>
}

interface Settings extends Partial<Omit<AdmissionServices, 'log' | 'metrics'>> {
  isLeaving?(): boolean
  bodyLimits?: BodyLimits
  maxConnections?: number
  /** As of the server. */
  clientCA?: string
  /** Called before each admission is counted. */
  beforeCount?(): void
}

/** Starts the webhook on a free port. */
export async function startWebhook({ beforeCount, ...settings }: Settings = {}): Promise<Webhook> {
  const logLines: string[] = []
  const metrics = createMetrics()
  const server = createAdmissionServer({
    config: () => defaultConfig,
    namespaceLabels: () => ({}),
    isLeaving: () => false,
    ...settings,
    tls: leaf,
    metrics: {
      ...metrics,
      countAdmission(record) {
        beforeCount?.()
        metrics.countAdmission(record)
      },
    },
    log: pino({ base: null }, { write: line => void logLines.push(line) }),
  })
  const connections = followConnections(server.server)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  return {
    port,
    connections,
    logLines,
    count: async series => {
      const line = (await metrics.text()).split('\n').find(each => each.startsWith(`${series} `))
      return Number(line?.slice(series.length) ?? 0)
    },
    send: (options, body) => send({ port, ...options }, body),
    async close() {
      connections.closeAll()
      await server.close()
    },
  }
}

/** Sends a request to a server with a certificate of the test's CA. */
export async function send(options: RequestOptions, body?: string | Buffer): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...options.headers }
  const outgoing = request({
    host: '127.0.0.1',
    method: 'POST',
    path: '/mutate',
    ca,
    agent: false,
    ...options,
    headers,
  })
  outgoing.end(body)
  // A server that has answered need not read the rest; what goes wrong before that rejects below.
  outgoing.on('error', () => {})
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }
}

/** An agent that keeps connections open, as the API server does. */
export function keepAliveAgent(maxSockets: number): Agent {
  return new Agent({ keepAlive: true, maxSockets, ca })
}
