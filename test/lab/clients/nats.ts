/** A subscriber that waits for messages; its library's own ping is on, or as good as off. */

import { connect } from '@nats-io/transport-node'
import { lost, ready } from './report.ts'

const [servers = '', pingSeconds = '', scale = ''] = process.argv.slice(2)
const never = 2 ** 31 - 1
const pingInterval = pingSeconds === 'off' ? never : (Number(pingSeconds) * 1000) / Number(scale)
const connection = await connect({ servers, pingInterval, reconnect: false })
connection.subscribe('news')
await connection.flush()
ready()
lost((await connection.closed()) ?? 'closed')
