/** `longhaul check`: inputs, outputs, exit statuses. */

import { expect, it } from 'vitest'
import { publishNotReady } from '../../src/check/rules/lh009-publish-not-ready.ts'
import { folderWith, runHere } from './longhaul.ts'

const { bad, good } = publishNotReady.examples

it.each([
  ['an error fails the call', bad, [], 1],
  ['an error fails the call that is strict on notes', bad, ['--fail-on', 'note'], 1],
  ['nothing fails a call with never', bad, ['--fail-on', 'never'], 0],
  ['good manifests pass', good, ['--fail-on', 'note'], 0],
])('%s', async (_, stdin, options, expected) => {
  const { status } = await runHere(['check', '-', ...options], { stdin })
  expect(status).toBe(expected)
})

it('says where, what and how to mend it', async () => {
  const { stdout, stderr } = await runHere(['check'], { stdin: bad })
  expect(stdout).toBe(`Service chat in namespace default (standard input: document 1 (line 2))

  error LH009 Service chat sends new connections to pods that terminate.
      7 |   selector: { app: chat }
    > 8 |   publishNotReadyAddresses: true # <- LH009
      9 |   ports:
    Fix: Remove publishNotReadyAddresses, or move it to a headless Service of its own.

1 error, 0 warnings, 0 notes in 1 object.
`)
  expect(stderr).toBe('longhaul: 1 error found\n')
})

it('refuses what is no manifest, with its place', async () => {
  const folder = await folderWith({ 'a.yaml': good, 'b.yaml': 'kind: [' })
  const { status, stdout, stderr } = await runHere(['check', folder])
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain(`${folder}/b.yaml:1:8: document 1 is not valid YAML`)
})
