/** Clients that set keepalive timers of their own: what Longhaul changes for them, with the real timers. */

import { setTimeout as delay } from 'node:timers/promises'
import { cutPath } from '../hosts/router.ts'
import { http } from '../systems/http.ts'
import { redis } from '../systems/redis.ts'
import type { Client, System } from '../systems/system.ts'
import { attempt } from './cases.ts'
import { type Experiment, type Observation, subjectOf } from './experiment.ts'
import { noticed } from './notice.ts'
import { keepalive, nothing, type Variant } from './policies.ts'
import { openStage, type Stage } from './stage.ts'
import { variantColumns } from './variant-columns.ts'

/** The kernel's interval that Node sets is a second, the least that there is: it can't be divided. */
const scale = 1
/** More than Longhaul's 90 s. */
const patienceSeconds = 120
const settleMs = 1000

const subjects: readonly { system: System; client: Client }[] = [
  { system: redis, client: { workload: 'worker-own-keepalive', label: 'keepAlive 30 s (ioredis 6)' } },
  { system: http, client: { workload: 'node', label: 'Node, http.get (1 s)' } },
]

export const ownKeepalive: Experiment = {
  name: 'own-keepalive',
  title: "Node's own keepalive",
  about: `The path to the server is cut under clients that switch keepalive on by Node's setKeepAlive, which sets the idle time that they name, and then 10 probes, 1 s apart. Seconds until the client knows, with real timers; never: not within ${patienceSeconds} s. TCP_USER_TIMEOUT, which takes the place of the count of probes, follows these timers, but is never less than 30 s.`,
  async run(lab) {
    const present = new Set(lab.systems.map(({ name }) => name))
    const cases = subjects
      .filter(({ system }) => present.has(system.name))
      .flatMap(subject => variants.map(variant => ({ ...subject, variant })))
    await using stage = openStage({ scale })
    lab.progress(`${cases.length} clients wait, for ${patienceSeconds} s at most`)
    const seen = await Promise.all(
      cases.map(each =>
        attempt(lab, `${subjectOf(each.system, each.client)}, ${each.variant.name}`, () => cut(each, stage)),
      ),
    )
    return seen.filter(each => each !== undefined)
  },
  table: observations =>
    variantColumns(observations, ['client'], ({ figures: { seconds } }) =>
      typeof seconds === 'number' ? `${seconds.toFixed(1)} s` : 'never',
    ),
}

const preloaded = keepalive('preload', scale)
const variants: readonly Variant[] = [
  nothing,
  preloaded,
  {
    name: 'preload, user-timeout off',
    annotations: { ...preloaded.annotations, 'longhaul.dev/user-timeout': 'off' },
  },
]

type Case = (typeof subjects)[number] & { variant: Variant }

async function cut({ system, client, variant }: Case, stage: Stage): Promise<Observation> {
  await stage.serve(system)
  const pod = await stage.client(system, client.workload, variant)
  // What a client sends as soon as it is ready must be acknowledged: keepalive does not watch over data under way.
  await delay(settleMs)
  await cutPath(pod.host.address)
  const cutAtMs = performance.now()
  const notice = await noticed(pod, patienceSeconds * 1000)
  return {
    subject: subjectOf(system, client),
    circumstance: 'path cut',
    variant: variant.name,
    figures: {
      seconds: notice === undefined ? null : (notice.atMs - cutAtMs) / 1000,
      why: notice?.why ?? null,
    },
  }
}
