import { expect, it } from 'vitest'
import { nodeComplaint } from '../../src/cli/node-version.ts'

it.each(['20.20.2', '9.0.0', '22.9.0', '22.18.5'])('Node %s is too old', version => {
  expect(nodeComplaint(version)).toBe(`this is Node ${version}; Longhaul needs 22.19 or newer`)
})

it.each(['22.19.0', '22.20.1', '26.10.0', '100.0.0', process.versions.node])(
  'Node %s is new enough',
  version => {
    expect(nodeComplaint(version)).toBeUndefined()
  },
)
