/** Many connections for a command to look at, or to end. */
import { createSandbox, type Sandbox } from '../native/sandbox.ts'

/** A process may have 20,000 descriptors or fewer: many processes hold the connections. */
const processPairs = 8
export const firstPort = 5000
export const lastPort = firstPort + processPairs - 1

/**
 * Lets something be done where so many connections are held. The servers are in another container, as they would be.
 * No process looks at its connections: what it would do about their end competes for the processors. `through` runs
 * the clients.
 */
export async function withConnections<T>(
  count: number,
  use: (sandbox: Sandbox) => Promise<T>,
  through: readonly string[] = [],
): Promise<T> {
  await using sandbox = await createSandbox()
  await using elsewhere = await createSandbox({ networkOf: sandbox })
  for (let port = firstPort; port <= lastPort; port++) {
    const server = elsewhere.peer()
    const client = sandbox.peer({ through })
    for (const peer of [server, client]) await peer.ask('configure read off')
    await server.ask(`listen 127.0.0.1 ${port}`)
    await client.ask(`connect 127.0.0.1 ${port} ${count / processPairs}`)
  }
  const made = (await sandbox.established()).length
  if (made !== 2 * count) throw new Error(`${made} ends of ${count} connections`)
  return await use(sandbox)
}
