/** A subscriber; MQTT's own keepalive in seconds, 0 for none. */

import { connectAsync } from 'mqtt'
import { lost, ready } from './report.ts'

const [url = '', keepaliveSeconds = '', scale = ''] = process.argv.slice(2)
const keepalive = Number(keepaliveSeconds) / Number(scale)
const client = await connectAsync(url, { keepalive, reconnectPeriod: 0 })
client.on('error', lost)
client.on('close', () => lost('closed'))
await client.subscribeAsync('news')
ready()
