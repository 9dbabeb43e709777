/** The effect of the keepalive that pods get, in words. */

import type { Decision } from '../mutation/decide.ts'
import { keepalivePreload } from '../mutation/features/keepalive-preload.ts'
import type { Mutation } from '../mutation/mutate.ts'
import { formatDuration } from '../policy/duration.ts'
import { type FoundKeepalive, keepaliveFound, lastingNames } from './keepalive-found.ts'

/** How soon a dead peer is noticed, and what that costs: a sentence for each keepalive that pods get. */
export function keepaliveSentences(decision: Decision): string[] {
  return keepaliveFound(decision).map(each => `${subject(each, decision.mutation)} ${effect(each)}`)
}

/** Containers are named where others of the pod have no such keepalive. */
function subject({ by, containers }: FoundKeepalive, mutation: Mutation): string {
  if (by === 'node') return 'By the node agent, a dead peer'
  if (by === 'sysctl') {
    const which = preloads(mutation) ? " outside the library's reach" : ''
    return `On sockets${which} that ask for keepalive, a dead peer`
  }
  const named = new Set(containers)
  if (lastingNames(mutation.pod).every(name => named.has(name))) return 'A dead peer'
  const names = new Intl.ListFormat('en').format(containers)
  return `In ${containers.length === 1 ? 'container' : 'containers'} ${names}, a dead peer`
}

/** Where the library is there, it sets timers of its own, which win over sysctls. */
function preloads(mutation: Mutation): boolean {
  return mutation.outcome !== 'skipped' && keepalivePreload.name in mutation.done
}

function effect({ idleNoticeSeconds, sendingNoticeSeconds, idleBytesPerHour }: FoundKeepalive): string {
  const sending =
    sendingNoticeSeconds === null
      ? 'when the kernel gives up (about 15m)'
      : `within ${time(sendingNoticeSeconds)} after the first retransmission`
  const notice = `is noticed within ${time(idleNoticeSeconds)}, while sending ${sending}`
  return `${notice}; an idle connection costs ${idleBytesPerHour} bytes an hour (IPv4) for each end with keepalive.`
}

function time(seconds: number): string {
  return formatDuration(Math.round(seconds * 1000))
}
