import { expect, it } from 'vitest'
import { graceBelowPreStop } from '../../src/check/rules/lh001-grace-below-prestop.ts'
import { publishNotReady } from '../../src/check/rules/lh009-publish-not-ready.ts'
import { checkAll } from './check.ts'

const onService = (annotation: string) =>
  publishNotReady.examples.bad.replace('name: chat', `name: chat\n  annotations: { ${annotation} }`)

const result = (text: string) => {
  const { findings, suppressedCount, notes } = checkAll(text)
  return { findings: findings.map(({ rule }) => rule.id), suppressedCount, notes }
}

it('takes a finding away where the object gives a reason', () => {
  const text = onService('check.longhaul.dev/LH009: peers find each other by it')
  expect(result(text)).toEqual({ findings: [], suppressedCount: 1, notes: [] })
})

it('may stand on the pods of a workload', () => {
  const text = graceBelowPreStop.examples.bad.replace(
    'labels: { app: chat }',
    'labels: { app: chat }\n      annotations: { check.longhaul.dev/LH001: it needs no time }',
  )
  expect(result(text)).toEqual({ findings: [], suppressedCount: 1, notes: [] })
})

it('is for the rule that it names alone', () => {
  expect(result(onService('check.longhaul.dev/LH001: for another')).findings).toEqual(['LH009'])
})

it.each(['""', '" "'])('suppresses nothing without a reason (%s), and says so', written => {
  expect(result(onService(`check.longhaul.dev/LH009: ${written}`))).toEqual({
    findings: ['LH009'],
    suppressedCount: 0,
    notes: [
      'chat.yaml: document 1 (line 2): Service chat: check.longhaul.dev/LH009 needs a reason as its value, and suppresses nothing without.',
    ],
  })
})

it('that names no rule is told', () => {
  expect(result(onService('check.longhaul.dev/LH9: typed wrongly')).notes).toEqual([
    'chat.yaml: document 1 (line 2): Service chat: check.longhaul.dev/LH9 names no rule.',
  ])
})
