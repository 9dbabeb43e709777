/** A session of socket.io, over one of its two transports. */

import { io } from 'socket.io-client'
import { lost, ready } from './report.ts'

const [url = '', transport = ''] = process.argv.slice(2)
const socket = io(url, { transports: [transport], reconnection: false })
socket.on('connect', ready)
socket.on('disconnect', lost)
