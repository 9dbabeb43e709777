import { expect, it } from 'vitest'
import { defaultConfig } from '../../src/policy/config.ts'
import { timersEffect } from '../../src/policy/keepalive-effect.ts'
import { keepaliveTimers } from '../../src/policy/keepalive-timers.ts'
import { resolvePolicy } from '../../src/policy/levels.ts'

function effectOf(settings: Record<string, string>) {
  const annotations = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`longhaul.dev/${key}`, value]),
  )
  const subject = { annotations, podLabels: undefined, namespaceLabels: undefined }
  return timersEffect(keepaliveTimers(resolvePolicy(subject, defaultConfig).values))
}

// Times to notice as the lab measured them on Linux 6.18 with these settings.
it.each([
  { settings: {}, idle: 90, sending: 90 },
  { settings: { 'user-timeout': 'off' }, idle: 90, sending: null },
  { settings: { 'user-timeout': '3m20s' }, idle: 200, sending: 200 },
  // The kernel gives up sent data sooner by itself.
  { settings: { 'keepalive-idle': '1h' }, idle: 3630, sending: null },
  { settings: { 'keepalive-idle': '1h', 'user-timeout': '1h' }, idle: 3610, sending: 3600 },
  // Looked at only when a probe is due.
  { settings: { 'user-timeout': '95s' }, idle: 100, sending: 95 },
  // Not before the first probe.
  { settings: { 'user-timeout': '30s' }, idle: 70, sending: 30 },
  { settings: { 'keepalive-probes': '1', 'keepalive-interval': '5s' }, idle: 65, sending: 65 },
])('a dead peer is noticed within $idle s with $settings', ({ settings, idle, sending }) => {
  expect(effectOf(settings)).toMatchObject({
    idleNoticeSeconds: idle,
    sendingNoticeSeconds: sending,
  })
})

// A probe and its answer are 104 bytes.
it.each([
  { settings: {}, bytes: 60 * 104 },
  { settings: { 'keepalive-idle': '1s' }, bytes: 3600 * 104 },
  { settings: { 'keepalive-idle': '2h' }, bytes: 52 },
])('an idle connection costs $bytes bytes an hour with $settings', ({ settings, bytes }) => {
  expect(effectOf(settings).idleBytesPerHour).toBe(bytes)
})
