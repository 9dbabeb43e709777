/** A worker that waits for work: a blocking pop without a timeout. The library's own keepalive is in seconds. */

import { Redis } from 'ioredis'
import { lost, ready } from './report.ts'

const [host = '', keepAliveSeconds = ''] = process.argv.slice(2)
const keepAlive = Number(keepAliveSeconds) * 1000
const redis = new Redis({ host, keepAlive, retryStrategy: () => null })
redis.on('ready', ready)
redis.on('error', lost)
redis.blpop('work', 0).catch(lost)
