import type { System } from './system.ts'

export const socketIo: System = {
  name: 'socket.io',
  manifest: 'sessions.yaml',
  server: 'chat',
  needs: [],
  clients: [
    { workload: 'socket-io-websocket', label: 'WebSocket, ping every 25 s' },
    { workload: 'socket-io-polling', label: 'long polling, ping every 25 s' },
  ],
}

/** The server of both, for experiments with clients of their own. */
export const sessionServer: System = { ...socketIo, name: 'sessions', clients: [] }

export const webSocket: System = {
  name: 'WebSocket',
  manifest: 'sessions.yaml',
  server: 'chat',
  needs: [],
  clients: [{ workload: 'websocket', label: 'ws' }],
}
