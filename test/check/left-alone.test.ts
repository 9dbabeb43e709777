/** What rules leave alone though it looks like what they are for. */

import { expect, it } from 'vitest'
import { noPreStop } from '../../src/check/rules/lh004-no-prestop.ts'
import { noReadiness } from '../../src/check/rules/lh010-no-readiness.ts'
import { check } from './check.ts'

const found = (text: string) => check(text).map(({ rule }) => rule.id)
const withoutHook = noPreStop.examples.bad
const withoutProbe = noReadiness.examples.bad

it('a Deployment that is recreated, where a hook would be downtime', () => {
  const recreated = 'spec:\n  strategy: { type: Recreate }\n  selector:\n    matchLabels'
  expect(found(withoutHook.replace('spec:\n  selector:\n    matchLabels', recreated))).toEqual([])
})

it('a single pod of a StatefulSet, whose successor starts when it has ended', () => {
  expect(found(withoutHook.replace('kind: Deployment', 'kind: StatefulSet'))).toEqual([])
})

it.each([
  ['a headless Service', 'spec:\n  selector: { app', 'spec:\n  clusterIP: None\n  selector: { app'],
  ['a Service for a scraper', '- port: 80', '- name: metrics\n      port: 80'],
  ['a Service of UDP', '- port: 80', '- protocol: UDP\n      port: 80'],
  ['a Service for other pods', 'selector: { app: chat }', 'selector: { app: other }'],
  [
    'a Service of another namespace',
    'name: chat\nspec:\n  selector: {',
    'name: chat\n  namespace: b\nspec:\n  selector: {',
  ],
])('pods behind %s', (_, from, to) => {
  for (const text of [withoutHook, withoutProbe]) {
    expect(text).toContain(from)
    expect(found(text.replace(from, to))).toEqual([])
  }
})

it('what Longhaul gives pods that ask for it', () => {
  const asking =
    'metadata:\n      annotations: { longhaul.dev/pre-stop-sleep: 10s, longhaul.dev/readiness: tcp, longhaul.dev/keepalive: "off" }\n      labels'
  for (const text of [withoutHook, withoutProbe]) {
    expect(found(text.replace('metadata:\n      labels', asking))).toEqual([])
  }
})
