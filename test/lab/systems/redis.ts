import type { System } from './system.ts'

export const redis: System = {
  name: 'Redis',
  manifest: 'redis.yaml',
  server: 'redis',
  needs: [{ program: 'redis-server', package: 'redis-server' }],
  clients: [{ workload: 'worker', label: 'blocking pop, keepAlive 0 (ioredis 5)' }],
}
