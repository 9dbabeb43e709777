import type { System } from './system.ts'

export const nats: System = {
  name: 'NATS',
  manifest: 'nats.yaml',
  server: 'nats',
  needs: [{ program: 'nats-server', package: 'nats-server' }],
  clients: [
    { workload: 'subscriber', label: 'subscriber, no ping' },
    { workload: 'subscriber-own-ping', label: 'subscriber, ping every 2 min' },
  ],
}
