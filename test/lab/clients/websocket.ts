/** A plain WebSocket, which has no heartbeat of its own. */

import { WebSocket } from 'ws'
import { lost, ready } from './report.ts'

const [url = ''] = process.argv.slice(2)
const socket = new WebSocket(url)
socket.on('open', ready)
socket.on('error', lost)
socket.on('close', (code: number) => lost(`closed with ${code}`))
