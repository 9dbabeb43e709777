/** The effect of a policy's keepalive, in words. */

import { formatDuration } from '../policy/duration.ts'
import { keepaliveEffect } from '../policy/keepalive-effect.ts'
import type { Values } from '../policy/settings.ts'

/** How soon a dead peer is noticed, and what that costs; undefined where keepalive is off. */
export function keepaliveSentence(values: Values): string | undefined {
  const effect = keepaliveEffect(values)
  if (effect === undefined) return undefined
  const { idleNoticeSeconds, sendingNoticeSeconds, idleBytesPerHour } = effect
  const where = values.keepalive === 'sysctl' ? 'On sockets that ask for keepalive, a' : 'A'
  const sending = sendingNoticeSeconds === idleNoticeSeconds ? '' : `, ${whileSending(sendingNoticeSeconds)}`
  const notice = `${where} dead peer is noticed within ${time(idleNoticeSeconds)}${sending}`
  return `${notice}; an idle connection costs ${idleBytesPerHour} bytes an hour.`
}

function whileSending(seconds: number | null): string {
  return `while sending ${seconds === null ? 'when the kernel gives up (about 15m)' : `within ${time(seconds)}`}`
}

function time(seconds: number): string {
  return formatDuration(seconds * 1000)
}
