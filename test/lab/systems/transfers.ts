import type { System } from './system.ts'

/** Requests that take their time. */
export const transferServer: System = {
  name: 'transfers',
  manifest: 'transfers.yaml',
  server: 'transfers',
  needs: [{ program: 'curl', package: 'curl' }],
  clients: [],
}
