/** A network namespace of the test's own, entered program by program; needs no root where user namespaces are allowed. */
import { once } from 'node:events'
import type { TestContext } from 'vitest'
import { type Command, start, type Variables } from './programs.ts'

/** The command that runs the given one inside the namespace, as the same process. */
export type Inside = (command: Command, variables?: Variables) => Command

/** Gone when the test is. Skips the test where the host forbids namespaces. */
export const openNamespace = async (ctx: TestContext): Promise<Inside> => {
  const holder = start(['unshare', '-Urn', 'sh', '-c', 'ip link set lo up && echo ready && exec cat'])
  const ready = await Promise.race([once(holder.stdout ?? holder, 'data'), once(holder, 'exit')])
  ctx.skip(!String(ready[0]).startsWith('ready'), 'no network namespace: unshare -Urn failed')
  const enter = ['--user', '--net', '--preserve-credentials', 'env'] as const
  return (command, variables = {}) => [
    'nsenter',
    `--target=${holder.pid}`,
    ...enter,
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...command,
  ]
}
