/**
 * Every setting there is. Parsing, problems, the command line's help, the README's reference, the chart's
 * schema and the names of the native side's variables all come from this table.
 */

import { duration } from './duration-type.ts'
import { portReference, portReferences } from './port-types.ts'
import { choice, containerNames, integer, profileName, urlPath, type ValueType } from './value-types.ts'

/** What stands before every key, on pods and on namespaces. */
export const keyPrefix = 'longhaul.dev/'

/** Where a setting may stand. */
export type Place = 'annotation' | 'label' | 'profile' | 'defaults'

/** Another setting, by its key, and the values of it with which this one is in vain. */
export interface Need {
  key: string
  not: readonly string[]
  /** What that means, as a sentence, where it is less than having no effect at all. */
  otherwise?: string
}

export interface Setting<T = unknown> {
  type: ValueType<T>
  /** As a user would write it. */
  default?: string
  /** A text that would do, for messages where the default is none to learn from. */
  example?: string
  /** Other settings without which this one is in vain, the most needed first. */
  needs?: readonly Need[]
  /** The usual one first. */
  places: readonly [Place, ...Place[]]
  /** One sentence, in Markdown. */
  doc: string
}

const everywhere = ['annotation', 'label', 'profile', 'defaults'] as const
/** For values with characters that a label can't hold: a comma, a slash. */
const notAsLabel = ['annotation', 'profile'] as const

const needsKeepalive = [{ key: 'keepalive', not: ['off'] }]

const needsDrain = { key: 'drain-timeout', not: ['off'] }

const secondMs = 1000
const hourMs = 3600 * secondMs
const dayMs = 24 * hourMs

/** The kernel's upper limit for idle time and interval (MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL). */
export const maxKeepaliveSeconds = 32_767
const keepaliveTime = duration({ minMs: secondMs, maxMs: maxKeepaliveSeconds * secondMs })
/** MAX_TCP_KEEPCNT. */
export const maxProbes = 127
/** TCP_USER_TIMEOUT is an int of milliseconds: 24.8 days. */
export const maxUserTimeoutMs = 2_147_483_647
const wait = duration({ minMs: 1, maxMs: dayMs, words: ['off'], milliseconds: true })

export const settings = {
  inject: {
    type: choice(['true', 'false', 'audit'], { enabled: 'true', disabled: 'false' }),
    example: 'true',
    places: ['annotation', 'label'],
    doc: 'On a namespace: its pods are changed. On a pod: overrides the namespace. Any other setting on a pod opts it in as well, unless its namespace says `false`; `false` on the pod always wins. `audit`: everything is decided, counted and said, nothing is changed.',
  },
  profile: {
    type: profileName,
    example: 'websocket',
    places: ['annotation', 'label'],
    doc: 'A named set of values.',
  },
  containers: {
    type: containerNames,
    example: 'app,worker',
    places: notAsLabel,
    doc: 'Limits every per-container change to these. Without it: all app containers.',
  },
  keepalive: {
    type: choice(['preload', 'sysctl', 'both', 'node', 'off']),
    default: 'preload',
    places: everywhere,
    doc: "How TCP keepalive is switched on: by a preloaded library on every TCP socket; by sysctls of the pod for the sockets that ask for keepalive; by both; or by the agent on the pod's node, in the kernel, for the sockets of every program, of which nothing is in the pod.",
  },
  'keepalive-idle': {
    type: keepaliveTime,
    default: '60s',
    needs: needsKeepalive,
    places: everywhere,
    doc: 'Quiet time before the first probe (TCP_KEEPIDLE).',
  },
  'keepalive-interval': {
    type: keepaliveTime,
    default: '10s',
    needs: needsKeepalive,
    places: everywhere,
    doc: 'Time between probes (TCP_KEEPINTVL).',
  },
  'keepalive-probes': {
    type: integer(1, maxProbes),
    default: '3',
    needs: needsKeepalive,
    places: everywhere,
    doc: 'Unanswered probes before the connection is dropped (TCP_KEEPCNT).',
  },
  'user-timeout': {
    type: duration({ minMs: 1, maxMs: maxUserTimeoutMs, words: ['auto', 'off'], milliseconds: true }),
    example: '90s',
    default: 'auto',
    needs: [{ key: 'keepalive', not: ['off', 'sysctl'] }],
    places: everywhere,
    doc: 'How long sent data may stay unacknowledged (TCP_USER_TIMEOUT, for which there is no sysctl). `auto`: idle + interval × probes, or unset where the kernel gives up sooner by itself (about 15 minutes); it follows timers that the program sets itself.',
  },
  'pre-stop-sleep': {
    type: wait,
    default: '5s',
    places: everywhere,
    doc: 'Delay before SIGTERM, so that endpoints and load balancers forget the pod first.',
  },
  'drain-timeout': {
    type: wait,
    example: '30s',
    default: 'off',
    places: everywhere,
    doc: "After that delay, wait until the pod's connections from outside have ended, at most this long.",
  },
  'drain-ports': {
    type: portReferences,
    example: 'http,8443',
    default: 'auto',
    needs: [needsDrain],
    places: notAsLabel,
    doc: 'The ports whose connections count. `auto`: every port that is listened on in the pod, but those that it says are for metrics or health; on a host network those that its containers declare.',
  },
  'drain-hangup': {
    type: wait,
    example: '30s',
    default: 'off',
    needs: [
      needsDrain,
      {
        key: 'keepalive',
        not: ['off', 'sysctl', 'node'],
        otherwise: 'Few containers may do it without the library.',
      },
    ],
    places: everywhere,
    doc: 'While it drains: hang up connections that have been quiet for this long, after an answer of ours, a few at a time. For HTTP keep-alive, WebSocket clients that reconnect, Redis commands; not for event streams with long gaps, subscriptions, database sessions, gRPC.',
  },
  'grace-period': {
    type: duration({ minMs: secondMs, maxMs: 7 * dayMs, words: ['auto', 'off'] }),
    example: '60s',
    default: 'auto',
    places: everywhere,
    doc: "`auto`: the pod's own grace period stays what the application gets after SIGTERM, and the preStop time is added on top. A duration: at least that much in all. Never lowered.",
  },
  'post-start-sleep': {
    type: wait,
    example: '10s',
    default: 'off',
    places: everywhere,
    doc: 'Holds a new pod back from Ready, so that a rollout moves on slowly.',
  },
  readiness: {
    type: choice(['off', 'auto', 'tcp', 'http']),
    example: 'auto',
    default: 'off',
    places: everywhere,
    doc: 'A readiness probe for containers that declare a TCP port and have none. `auto`: `http` where `readiness-path` is set, else `tcp`.',
  },
  'readiness-port': {
    type: portReference,
    example: '8080',
    needs: [{ key: 'readiness', not: ['off'] }],
    places: everywhere,
    doc: 'The port to probe. Without it: the first TCP port.',
  },
  'readiness-path': {
    type: urlPath,
    default: '/',
    needs: [{ key: 'readiness', not: ['off', 'tcp'] }],
    places: notAsLabel,
    doc: 'The path to ask for with `http`.',
  },
} as const satisfies Record<string, Setting>

export type Key = keyof typeof settings

type Value<K extends Key> = (typeof settings)[K]['type'] extends ValueType<infer T> ? T : never

/** A value for each setting; undefined where nobody set one and the table has no default. */
export type Values = {
  [K in Key]: (typeof settings)[K] extends { default: string } ? Value<K> : Value<K> | undefined
}

export type PartialValues = { [K in Key]?: Value<K> | undefined }

export const keys = Object.keys(settings) as readonly Key[]

/** True for the key of a setting, written without the prefix. */
export function isKey(text: string): text is Key {
  return Object.hasOwn(settings, text)
}

/** The setting of a key, with its value type widened. */
export function settingOf(key: Key): Setting {
  return settings[key] as Setting
}

/** A value as a user would write it. */
export function formatValue(key: Key, value: unknown): string {
  return settingOf(key).type.format(value)
}
