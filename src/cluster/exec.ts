/** Commands in containers of pods, by the API server's exec over WebSocket. */

import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Exec as ClientExec, V1Status } from '@kubernetes/client-node'
import WebSocket from 'ws'
import { causeOf, refusalOf } from './client/api.ts'
import { ClusterError } from './client/cluster-error.ts'
import { Exec, type KubeConfig } from './client/kubernetes.ts'

export interface ExecRequest {
  namespace: string
  pod: string
  container: string
  command: readonly string[]
  /** In milliseconds; a command that takes longer is given up. */
  timeLimitMs: number
  /** Ends the standard input of the command, for it to end; without that it is given up 2 s later. */
  stop: AbortSignal
  /** Called with each line of its standard output, as it comes. */
  onLine(line: string): void
}

export interface ExecResult {
  exitStatus: number
  stderr: string
}

/** What a command has to end by itself, once it is told to. */
const stopMs = 2000

/** Ten times what ten thousand connections take. Containers are other people's, and may answer anything. */
const mostBytes = 64 * 1024 * 1024

/**
 * Runs a command to its end. Throws a ClusterError where it can't be run, the connection breaks off, or it takes too
 * long; lines that have come until then have been passed on.
 */
export async function execIn(config: KubeConfig, request: ExecRequest): Promise<ExecResult> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const lines = createInterface({ input: stdout }).on('line', request.onLine)
  const linesEnd = new Promise(resolve => lines.once('close', resolve))
  const said = text(stderr)
  try {
    const status = await runOver(config, request, { stdin, stdout, stderr })
    return { exitStatus: exitStatusOf(status), stderr: await said }
  } finally {
    stdout.end()
    stderr.end()
    await linesEnd
  }
}

interface Streams {
  stdin: PassThrough
  stdout: PassThrough
  stderr: PassThrough
}

/** The status that the API server sends at the command's end. */
async function runOver(config: KubeConfig, request: ExecRequest, streams: Streams): Promise<V1Status> {
  const { namespace, pod, container, command } = request
  const { stdin, stdout, stderr } = streams
  const { promise, resolve, reject } = Promise.withResolvers<V1Status>()
  const give = (message: string) => reject(new ClusterError(message))
  using connection = openConnection(config, namespace, give)
  using _ = watchTime(request, stdin, give)
  new Exec(config, connection)
    .exec(namespace, pod, container, [...command], stdout, stderr, stdin, false, resolve)
    .catch(error => give(unreachable(error)))
  return await promise
}

/** As often as kubectl's: load balancers before API servers forget connections that say nothing for a minute. */
const pingMs = 5000

type Connection = ClientExec['handler'] & Disposable

/** The newest first. From the fifth on the end of standard input can be told alone. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

/** As the client library's own connection, which leaves out what the API server says of a refusal. */
function openConnection(config: KubeConfig, namespace: string, give: (message: string) => void): Connection {
  const over = new AbortController()
  return {
    async connect(path, _, takeData) {
      const options: WebSocket.ClientOptions = {}
      await config.applyToHTTPSOptions(options)
      const server = config.getCurrentCluster()?.server ?? ''
      const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${path}`, protocols, options)
      const end = () => socket.terminate()
      if (over.signal.aborted) end()
      over.signal.addEventListener('abort', end, { once: true })
      socket.on('unexpected-response', async (_, response) => give(await refusal(response, namespace)))
      socket.on('error', error => give(unreachable(error)))
      socket.on('close', () => give('the connection to the container broke off'))
      takeMessages(socket, takeData, give)
      await once(socket, 'open')
      const pinging = setInterval(() => socket.ping(), pingMs)
      socket.once('close', () => clearInterval(pinging))
      return socket
    },
    [Symbol.dispose]: () => over.abort(),
  }
}

/** Passes on what comes: the first byte of a message is the number of its stream. */
function takeMessages(
  socket: WebSocket,
  take: ((stream: number, data: Buffer) => boolean) | null,
  give: (message: string) => void,
): void {
  let bytes = 0
  socket.on('message', (message: Buffer) => {
    bytes += message.length
    if (bytes > mostBytes) give(`its answer is longer than ${mostBytes / 1024 / 1024} MiB`)
    else if (message.length > 0) take?.(message[0] ?? 0, message.subarray(1))
  })
}

function unreachable(error: unknown): string {
  return `the API server can't be reached: ${causeOf(error)}`
}

async function refusal(response: IncomingMessage, namespace: string): Promise<string> {
  const body = await text(response).catch(() => '')
  const said = refusalOf({ status: response.statusCode ?? 0, body: messageIn(body), warnings: [] })
  if (response.statusCode !== 403) return said
  return `needs the rights get and create on pods/exec in namespace ${namespace}: ${said}`
}

/** A Status; what is in front of an API server may answer anything. */
function messageIn(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return { message: body.trim() }
  }
}

/** Ends the command's input when it is to stop, and gives up when its time is over. */
function watchTime(
  { timeLimitMs, stop }: ExecRequest,
  stdin: PassThrough,
  give: (message: string) => void,
): Disposable {
  const limit = setTimeout(() => give(`it has not ended after ${timeLimitMs / 1000} s`), timeLimitMs)
  let patience: NodeJS.Timeout | undefined
  const end = () => {
    stdin.end()
    patience = setTimeout(() => give('it was told to stop, and has not ended'), stopMs)
  }
  if (stop.aborted) end()
  else stop.addEventListener('abort', end, { once: true })
  return {
    [Symbol.dispose]() {
      clearTimeout(limit)
      clearTimeout(patience)
      stop.removeEventListener('abort', end)
    },
  }
}

/** Throws a ClusterError where the command did not run at all. */
function exitStatusOf({ status, message, details }: V1Status): number {
  if (status === 'Success') return 0
  const exitCode = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
  if (exitCode !== undefined) return Number(exitCode)
  throw new ClusterError(message ?? 'the command could not be run')
}
