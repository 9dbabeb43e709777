/** Drains in a sandbox, and the connections that they are about. */
import { expect } from 'vitest'
import { binary as longhaul } from './build.ts'
import { type Peer, podAddress, type RunOptions, type Sandbox, type Started } from './sandbox.ts'

/** Outlasts every test: a drain that is given it and ends all the same has not waited for its timeout. */
export const outlasting = '--timeout=10m'

export function drain(sandbox: Sandbox, call: string, options?: RunOptions): Started {
  return sandbox.start([longhaul, 'drain', ...call.split(' ')], options)
}

/** A server in the pod, and a client outside of it with that many connections. */
export async function connectPair(
  sandbox: Sandbox,
  count: number,
  {
    address = podAddress,
    listen = '::',
    port: wanted = 0,
  }: { address?: string; listen?: string; port?: number } = {},
): Promise<{ server: Peer; client: Peer; port: number }> {
  const server = sandbox.peer()
  const client = await sandbox.outsider()
  const { port } = await server.ask(`listen ${listen} ${wanted}`)
  if (count > 0) await client.ask(`connect ${address} ${port} ${count}`)
  await expect.poll(() => server.ask('state')).toMatchObject({ accepted: count })
  return { server, client, port }
}

/** Resolves when the drain has counted connections and waits for them; it says so once. */
export async function waiting(sandbox: Sandbox, running: Started): Promise<void> {
  await expect.poll(() => sandbox.log()).toContain('waiting at most')
  expect(running.process.exitCode).toBeNull()
}

/** Resolves when the drain has ended by itself. */
export async function endsWell(running: Started): Promise<void> {
  expect((await running.finished).status).toBe(0)
}
