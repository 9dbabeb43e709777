/** What an audit says. */

import { expect, it } from 'vitest'
import { auditTexts } from '../../src/mutation/audit.ts'
import { decide } from '../../src/mutation/decide.ts'
import { defaultConfig } from '../../src/policy/config.ts'

/** What is said of a pod of so many containers. */
function auditOf(count: number): string[] {
  const containers = Array.from({ length: count }, (_, index) => ({ name: `app-${index}`, image: 'app:1' }))
  const annotations = { 'longhaul.dev/inject': 'audit', 'longhaul.dev/drain-timeout': '60s' }
  const pod = { metadata: { name: 'app', annotations }, spec: { containers } }
  const { mutation } = decide(pod, { name: 'default', labels: {} }, defaultConfig)
  return auditTexts((mutation.outcome === 'skipped' && mutation.audit) || {})
}

it('names containers, and the change of a number', () => {
  expect(auditOf(2).slice(1)).toEqual([
    'would set pre-stop: sleep 5s, drain 60s, on app-0, app-1',
    'would set grace-period: 30s to 95s',
  ])
})

it('counts containers whose names are too many for the status', () => {
  expect(auditOf(450)).toContain('would set pre-stop: sleep 5s, drain 60s, on 450 containers')
})
