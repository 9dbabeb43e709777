/** What is counted, and under which labels. */

import { expect, it } from 'vitest'
import type { AdmissionRecord } from '../../src/admission/admission-record.ts'
import { createMetrics } from '../../src/admission/metrics.ts'

const record: AdmissionRecord = {
  webhook: 'mutate',
  uid: 'u1',
  namespace: 'team',
  name: 'chat',
  outcome: 'mutated',
  features: [],
  problems: [],
  milliseconds: 0.7,
}

const problem = (key: string) => ({
  key,
  place: 'the pod',
  rule: 'is wrong',
  fix: 'write it well',
  effect: '',
})

/** The lines of the counters, without their descriptions and the histogram. */
async function counted({ text }: ReturnType<typeof createMetrics>): Promise<string[]> {
  const lines = (await text()).split('\n')
  return lines.filter(line => line !== '' && !line.startsWith('#') && !line.includes('duration_seconds'))
}

it('counts admissions by webhook, outcome and reason', async () => {
  const metrics = createMetrics()
  metrics.countAdmission(record)
  metrics.countAdmission(record)
  metrics.countAdmission({ ...record, outcome: 'skipped', reason: 'windows' })
  metrics.countAdmission({ ...record, webhook: 'validate', outcome: 'checked' })
  expect(await counted(metrics)).toEqual([
    'longhaul_admissions_total{webhook="mutate",outcome="mutated",reason=""} 2',
    'longhaul_admissions_total{webhook="mutate",outcome="skipped",reason="windows"} 1',
    'longhaul_admissions_total{webhook="validate",outcome="checked",reason=""} 1',
  ])
})

it('counts problems by key; keys that users made up make no time series', async () => {
  const metrics = createMetrics()
  const keys = ['keepalive-idle', 'keepalive-idle', 'keepalive-idel', '__proto__', 'toString', '"} 1\n']
  metrics.countAdmission({ ...record, problems: keys.map(problem) })
  expect(await counted(metrics)).toEqual([
    expect.stringContaining('longhaul_admissions_total'),
    'longhaul_problems_total{key="keepalive-idle"} 2',
    'longhaul_problems_total{key="unknown"} 4',
  ])
})

it('counts refusals by status, and reloads by file and result', async () => {
  const metrics = createMetrics()
  metrics.countRefusal(400)
  metrics.countReload('config', 'accepted')
  metrics.countReload('config', 'refused')
  expect(await counted(metrics)).toEqual([
    'longhaul_refused_requests_total{status="400"} 1',
    'longhaul_reloads_total{file="config",result="accepted"} 1',
    'longhaul_reloads_total{file="config",result="refused"} 1',
  ])
})

it('measures in seconds', async () => {
  const metrics = createMetrics()
  metrics.countAdmission(record)
  const text = await metrics.text()
  expect(text).toContain('longhaul_admission_duration_seconds_bucket{le="0.0005",webhook="mutate"} 0')
  expect(text).toContain('longhaul_admission_duration_seconds_bucket{le="0.001",webhook="mutate"} 1')
})

it('starts at nothing, each time', async () => {
  createMetrics().countRefusal(400)
  expect(await counted(createMetrics())).toEqual([])
})
