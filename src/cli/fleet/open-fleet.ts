/** The cluster and the pods that a call is about. Loaded late: the client of the API server takes long to load. */

import type { V1Pod } from '@kubernetes/client-node'
import { openApi } from '../../cluster/client/api.ts'
import { loadKubeConfig, namespaceOf } from '../../cluster/client/kubeconfig.ts'
import { findPods } from '../../cluster/pods.ts'
import { readWorkloadNames } from '../../cluster/workload-resources.ts'
import type { Fleet } from '../../fleet/ask.ts'
import { leftOutSentences } from '../../fleet/left-out.ts'
import type { LeftOut } from '../../fleet/pod-access.ts'
import { printableLine } from '../../preview/printable.ts'
import { CommandError, exitStatus } from '../command-error.ts'
import type { Terminal } from '../terminal.ts'
import type { PodsCall } from './pods-option.ts'

/** What is asked, until it is disposed of. A signal to the command stops it. */
export interface OpenFleet extends Fleet, AsyncDisposable {
  /** As they are now. Throws a CommandError where there are none. */
  findPods(): Promise<V1Pod[]>
}

/**
 * Runs a command on what its call is about, until it ends or is interrupted. Throws an InputError for what is no
 * workload, a ClusterError where the cluster can't be asked, and what the command throws.
 */
export async function withFleet(
  targets: readonly string[],
  call: PodsCall,
  terminal: Terminal,
  run: (fleet: OpenFleet) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const callOff = terminal.onSignal(() => stop.abort())
  try {
    await using fleet = await openFleet(targets, call, stop.signal)
    await run(fleet)
  } finally {
    callOff()
  }
}

async function openFleet(targets: readonly string[], call: PodsCall, stop: AbortSignal): Promise<OpenFleet> {
  const { kubeconfig: file, context, selector, allNamespaces } = call
  const names = readWorkloadNames(targets)
  const config = loadKubeConfig({ ...(file && { file }), ...(context && { context }) })
  const namespace = call.namespace ?? namespaceOf(config)
  const place = allNamespaces ? {} : { namespace }
  const choice = selector === undefined ? { names, namespace } : { selector, ...place }
  const api = await openApi(config)
  return {
    api,
    config,
    stop,
    timeLimitMs: call.timeout,
    async findPods() {
      const pods = await findPods(api, choice)
      if (pods.length > 0) return pods
      const what = selector === undefined ? `${targets.join(', ')} has` : `there are, with these labels,`
      throw new CommandError(`${what} no pods that run`, exitStatus.failed)
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

/** Notes what did no harm on stderr. Throws a CommandError with what failed, and other faults after it. */
export function reportLeftOut(
  leftOut: readonly LeftOut[],
  { stderr }: Terminal,
  otherFaults: readonly string[] = [],
): void {
  for (const sentence of leftOutSentences(leftOut.filter(({ isFailure }) => !isFailure)))
    stderr.write(`note: ${printableLine(sentence)}\n`)
  const faults = [...leftOutSentences(leftOut.filter(({ isFailure }) => isFailure)), ...otherFaults]
  if (faults.length > 0) throw new CommandError(faults.join('\n'), exitStatus.failed)
}
