import type { System } from './system.ts'

export const postgresql: System = {
  name: 'PostgreSQL',
  manifest: 'postgresql.yaml',
  server: 'postgresql',
  needs: [{ program: 'initdb', package: 'postgresql' }],
  clients: [
    { workload: 'listener', label: 'LISTEN (pg)' },
    { workload: 'pool', label: 'idle pool (pg)' },
    {
      workload: 'psql',
      label: 'long query (psql)',
      needs: [{ program: 'psql', package: 'postgresql-client' }],
    },
  ],
}
