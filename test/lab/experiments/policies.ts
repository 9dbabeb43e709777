/** What the lab asks of Longhaul, as annotations; times are the real ones, divided by the lab's scale. */

import type { Annotations } from '../pods/manifest.ts'

export interface Variant {
  name: string
  annotations: Annotations
}

/** The pod as it is without Longhaul. */
export const nothing: Variant = { name: 'nothing', annotations: { 'longhaul.dev/inject': 'false' } }

/** Longhaul's defaults: 60 s of quiet, then 3 probes, 10 s apart. */
export const keepaliveDefaults: Timers = { idleSeconds: 60, intervalSeconds: 10, probes: 3 }

/** Keepalive with the default timers, switched on in that way. */
export function keepalive(how: 'preload' | 'sysctl' | 'both', scale: number): Variant {
  const annotations = { 'longhaul.dev/keepalive': how, ...timers(keepaliveDefaults, scale) }
  return { name: how, annotations }
}

export interface Timers {
  idleSeconds: number
  intervalSeconds: number
  probes: number
  /** Without it: what follows from the others. */
  userTimeoutSeconds?: number
}

/** The timers as annotations. */
export function timers(
  { idleSeconds, intervalSeconds, probes, userTimeoutSeconds }: Timers,
  scale: number,
): Annotations {
  return {
    'longhaul.dev/keepalive-idle': seconds(idleSeconds, scale),
    'longhaul.dev/keepalive-interval': seconds(intervalSeconds, scale),
    'longhaul.dev/keepalive-probes': String(probes),
    ...(userTimeoutSeconds === undefined
      ? {}
      : { 'longhaul.dev/user-timeout': seconds(userTimeoutSeconds, scale) }),
  }
}

/** A time of the real world, as a setting in the lab: in whole seconds, as kernel and kubelet take them. */
export function seconds(real: number, scale: number): string {
  return `${Math.ceil(real / scale)}s`
}
