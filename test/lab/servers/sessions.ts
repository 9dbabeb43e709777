/**
 * A server of sessions on one port: plain WebSockets at /ws, socket.io, and short HTTP requests. It greets
 * each session with its own name, and answers messages and requests after 200 ms of work; times are divided
 * by the lab's scale. At SIGTERM it ends at once, as most programs do.
 */

import { createServer } from 'node:http'
import { networkInterfaces } from 'node:os'
import { Server } from 'socket.io'
import { type WebSocket, WebSocketServer } from 'ws'

const scale = Number(process.argv[2] ?? 1)
const workMs = 200 / scale
/** Its address: that of the pod. */
const name = networkInterfaces()['eth0']?.[0]?.address ?? ''

const server = createServer((_request, response) => setTimeout(() => response.end(name), workMs))
const io = new Server(server, { pingInterval: 25_000 / scale, pingTimeout: 20_000 / scale })
io.on('connection', socket => {
  socket.emit('greeting', name)
  socket.on('ask', (text: string) => setTimeout(() => socket.emit('answer', text), workMs))
})
const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  if (request.url === '/ws') sockets.handleUpgrade(request, socket, head, serve)
})
server.listen(8080)
process.on('SIGTERM', () => process.exit(0))

function serve(socket: WebSocket): void {
  socket.send(JSON.stringify({ greeting: name }))
  socket.on('message', text => setTimeout(() => socket.send(String(text)), workMs))
}
