/** A plain WebSocket, which has no heartbeat of its own; it only listens, or asks ten times a second. */

import { WebSocket } from 'ws'
import { lost, ready } from './report.ts'

const [url = '', what = 'listen'] = process.argv.slice(2)
const socket = new WebSocket(url)
socket.on('open', ready)
if (what === 'talk') socket.on('open', () => setInterval(() => socket.send('{}'), 100))
socket.on('error', lost)
socket.on('close', (code: number) => lost(`closed with ${code}`))
