/** What the parts of the agent work with. */

import type { Logger } from 'pino'
import type { WatchedFile } from '../admission/watched-file.ts'
import type { ClusterClient } from '../cluster/client/client.ts'
import type { FollowEvents } from '../cluster/client/follow.ts'
import type { Namespaces } from '../cluster/namespaces.ts'
import type { Config } from '../policy/config.ts'
import type { AgentMetrics } from './metrics.ts'

export interface Surroundings {
  client: ClusterClient
  namespaces: Namespaces
  /** The name of the node that it runs on. */
  node: string
  config: WatchedFile<Config>
  log: Logger
  metrics: AgentMetrics
  stop: AbortSignal
}

/** What is told of a resource that is followed. */
export type Told<T> = Pick<FollowEvents<T>, 'listed' | 'changed' | 'removed'>
