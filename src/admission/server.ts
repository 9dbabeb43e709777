/** The webhook's HTTPS server, built without listening. */

import type { TLSSocket } from 'node:tls'
import fastify, { type FastifyInstance, type FastifyReply, type RawServerDefault } from 'fastify'
import { loggedFault } from './admission-record.ts'
import { type AdmissionServices, admit, type Webhook } from './admit.ts'
import { type Bodies, type Body, type BodyLimits, createBodies, standardBodyLimits } from './bodies.ts'
import { byTurn } from './by-turn.ts'
import type { KeyPair } from './certificates.ts'
import { createRefusedClients, refusalOf, whyRefused } from './client-certificate.ts'
import { limitConnections, standardMaxConnections } from './connection-limit.ts'
import { continueOnceRead } from './expect-continue.ts'
import { hasMoreParts } from './json-parts.ts'
import { createPatience } from './patience.ts'
import { releaseAfter } from './release-body.ts'
import { RequestError, statusBody } from './request-error.ts'

export interface ServerOptions extends AdmissionServices {
  tls: KeyPair
  /** PEM: only clients with a certificate of a CA in it are answered. Undefined: all are. */
  clientCA?: string | undefined
  /** True once responses are to tell clients to leave. */
  isLeaving(): boolean
  /** Left out: the standard ones. */
  bodyLimits?: BodyLimits
  /** Left out: the standard number. */
  maxConnections?: number
}

/**
 * Longer than the 90 s that Go's client, so the API server's, keeps an idle connection: the side that sends
 * requests must be the one that closes, or a request can meet a closed connection.
 */
const keepAliveTimeoutMs = 120_000

/** A review of 7 MiB that people wrote has half of that. */
const maxParts = 600_000
/** A shorter body can't take much memory, whatever it holds. */
const smallLength = 256 * 1024

const contentTypeRule = 'The Content-Type must be application/json.'

/** Longer than any webhook's timeoutSeconds, of which 30 is the most: a body that takes longer is of no use. */
const requestTimeoutMs = 35_000

/** How often Node looks for requests that took longer; its own 30 s would nearly double the time. */
const timeoutCheckMs = 5000

const webhooks: Readonly<Record<string, Webhook>> = { '/mutate': 'mutate', '/validate': 'validate' }

export type AdmissionServer = ReturnType<typeof createAdmissionServer>

/** How the server serves with a certificate: at its creation, and for `setSecureContext`. */
export function tlsOptions({ cert, key }: KeyPair, clientCA: string | undefined) {
  const own = { cert, key, minVersion: 'TLSv1.2' } as const
  if (clientCA === undefined) return own
  // An intermediate CA need not bring its root. Clients without a certificate of it get a sentence, not a TLS alert.
  return {
    ...own,
    ca: clientCA,
    allowPartialTrustChain: true,
    requestCert: true,
    rejectUnauthorized: false,
  } as const
}

interface Asked {
  webhook: Webhook
  body: Body
  reply: FastifyReply
}

/** The server; call `listen` or `inject` on it. */
export function createAdmissionServer(options: ServerOptions) {
  const app = fastify({
    https: { ...tlsOptions(options.tls, options.clientCA), connectionsCheckingInterval: timeoutCheckMs },
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => void refuse(reply, 400, error.message),
  })
  continueOnceRead(app.server)
  limitConnections(app.server, options.maxConnections ?? standardMaxConnections, options.log)
  const send = (reply: FastifyReply, status: number, body: string) => {
    if (options.isLeaving() || fillsSocket(reply, body)) reply.header('connection', 'close')
    return reply.code(status).header('content-type', 'application/json').send(body)
  }
  const refuse = (reply: FastifyReply, status: number, message: string) => {
    options.metrics.countRefusal(status)
    return send(reply, status, statusBody(status, message))
  }
  const bodyLimits = options.bodyLimits ?? standardBodyLimits
  const patience = createPatience(bodyLimits.patienceMs)
  app.addHook('onClose', async () => patience.close())
  takeJsonOnly(app, createBodies(bodyLimits, patience))
  /** Decides on a request; the answer is sent by what this gives. */
  const decide = ({ webhook, body, reply }: Asked): (() => void) => {
    const fail = (error: unknown) => void reply.send(error)
    releaseAfter(reply.raw, body, patience)
    try {
      const { length } = body.text
      const parsed = parse(body.text)
      // fastify keeps the body until the answer is gone.
      body.text = ''
      const answer = admit(webhook, parsed, length, options)
      if (typeof answer === 'string') return () => send(reply, 200, answer)
      return () => void answer.then(text => send(reply, 200, text)).catch(fail)
    } catch (error) {
      return () => fail(error)
    }
  }
  const answer = byTurn<Asked>(all => {
    for (const sendAnswer of all.map(decide)) sendAnswer()
  })
  for (const [path, webhook] of Object.entries(webhooks)) {
    app.post(path, ({ body }, reply) => {
      // Of a request with neither a body nor a type nothing was read.
      if (body === undefined) throw new RequestError(415, contentTypeRule)
      answer({ webhook, body: body as Body, reply })
    })
  }
  if (options.clientCA !== undefined) {
    const refused = createRefusedClients(options.log)
    app.addHook('onRequest', ({ raw }, reply, next) => {
      const reason = whyRefused(raw.socket as TLSSocket)
      if (reason === undefined) return next()
      refused.log(reason)
      // Nothing that it sends is waited for.
      return void refuse(reply.header('connection', 'close'), 403, refusalOf(reason))
    })
  }
  // Before the body is read: what it holds does not matter then. By callback, as it is on every request's way.
  app.addHook('onRequest', ({ url, method, raw }, reply, next) => {
    const path = url.includes('?') ? url.slice(0, url.indexOf('?')) : url
    const isKnown = Object.hasOwn(webhooks, path)
    if (isKnown && method === 'POST') return next()
    // The rest of a body is not waited for.
    if (!raw.complete) reply.header('connection', 'close')
    if (!isKnown) refuse(reply, 404, `There is nothing at ${path.slice(0, 100)}.`)
    else refuse(reply.header('allow', 'POST'), 405, `${method} is not answered here, only POST.`)
  })
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { status, message } = explain(error)
    // The rest of a body that was given up is not waited for.
    if (!request.raw.complete) reply.header('connection', 'close')
    if (!(error instanceof RequestError) && status >= 500) {
      options.log.error({ err: loggedFault(error) }, 'request failed')
    }
    return refuse(reply, status, message)
  })
  return app
}

/** Bodies are not parsed by fastify, which refuses the key `__proto__` that a pod may well have. */
function takeJsonOnly(
  app: Pick<FastifyInstance<RawServerDefault>, 'removeAllContentTypeParsers' | 'addContentTypeParser'>,
  bodies: Bodies,
): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (_request, payload, done) => bodies.read(payload, done))
}

/** More than the head of an answer takes. */
const headBytes = 1024

/**
 * True where an answer is more than a socket takes at once. Node (26.10) then stops its parser until all of it is sent,
 * and where the next request comes in that moment ends the connection with HPE_PAUSED. So there must be no next one.
 */
function fillsSocket({ raw: { socket } }: FastifyReply, body: string): boolean {
  return socket !== null && Buffer.byteLength(body) + headBytes >= socket.writableHighWaterMark
}

function parse(body: string): unknown {
  if (body.length > smallLength && hasMoreParts(body, maxParts)) {
    throw new RequestError(413, `The body has more than ${maxParts} lists, objects and items.`)
  }
  try {
    return JSON.parse(body)
  } catch {
    throw new RequestError(400, 'The body is not JSON.')
  }
}

function explain(error: Error & { statusCode?: number }): { status: number; message: string } {
  if (error instanceof RequestError) return error
  if (error.statusCode === 415) return { status: 415, message: contentTypeRule }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return { status: error.statusCode, message: error.message }
  }
  return { status: 500, message: 'A fault of Longhaul; see its log.' }
}
