/** All systems, in the order of the tables. */

import { http } from './http.ts'
import { mqtt } from './mqtt.ts'
import { nats } from './nats.ts'
import { postgresql } from './postgresql.ts'
import { redis } from './redis.ts'
import { socketIo, webSocket } from './sessions.ts'
import type { System } from './system.ts'

export const systems: readonly System[] = [nats, mqtt, redis, postgresql, http, socketIo, webSocket]
