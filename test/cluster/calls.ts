/** How often the API server called the webhooks. */

import type { ControlPlane } from './control-plane.ts'
import type { Installation } from './installation.ts'
import { kubectl } from './kubectl.ts'

export interface Calls {
  /** By the count of the webhooks that run. */
  own: number
  /** By that of the API server. */
  apiServers: number
}

const apiServersCount =
  /^apiserver_admission_webhook_admission_duration_seconds_count\{name="\w+\.longhaul\.dev".*\} (\d+)$/gm

/** All calls until now. */
export async function countCalls({ admin }: ControlPlane, installation: Installation): Promise<Calls> {
  const own = await Promise.all(
    ['mutate', 'validate'].map(webhook =>
      installation.metric(`longhaul_admission_duration_seconds_count{webhook="${webhook}"}`),
    ),
  )
  const { stdout } = await kubectl(admin, ['get', '--raw=/metrics'])
  return {
    own: sum(own),
    apiServers: sum(Array.from(stdout.matchAll(apiServersCount), ([, count]) => Number(count))),
  }
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, each) => total + each, 0)
}
