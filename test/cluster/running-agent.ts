/** `longhaul agent` inside this process, as its user starts it. */

import { expect, onTestFinished } from 'vitest'
import { runHere } from '../cli/longhaul.ts'
import { findFreePort } from './free-port.ts'
import type { Identity } from './identity.ts'

export interface RunningAgent {
  /** Stops it, at the latest at the end of the test. */
  stop(): Promise<void>
  /** What it answers to probes and scrapers at this path. */
  ask(path: string): Promise<string>
}

/** Starts it with the rights of somebody. */
export async function runAgent(
  { file }: Pick<Identity, 'file'>,
  options: readonly string[],
): Promise<RunningAgent> {
  const stopping = Promise.withResolvers<void>()
  const port = await findFreePort()
  const onSignal = (listener: (signal: 'SIGTERM') => void) => {
    void stopping.promise.then(() => listener('SIGTERM'))
    return () => {}
  }
  const call = ['agent', `--kubeconfig=${file}`, `--admin-port=${port}`, ...options]
  const finished = runHere(call, { onSignal })
  const stop = async () => {
    stopping.resolve()
    expect(await finished).toMatchObject({ status: 0, stderr: '' })
  }
  onTestFinished(stop)
  return { stop, ask: async path => (await fetch(`http://127.0.0.1:${port}${path}`)).text() }
}
