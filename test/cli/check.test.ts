/** `longhaul check`: inputs, outputs, exit statuses. */

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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

describe('a baseline', () => {
  it('keeps quiet of what it holds, wherever it has moved', async () => {
    const folder = await folderWith({ 'a.yaml': bad })
    const file = join(folder, 'baseline.json')
    const options = ['--baseline', file]
    const written = await runHere(['check', join(folder, 'a.yaml'), ...options, '--write-baseline'])
    expect(written).toEqual({ status: 0, stdout: '', stderr: '' })
    const moved = await runHere(['check', '-', ...options], { stdin: `# More lines.\n\n${bad}` })
    expect(moved).toEqual({
      status: 0,
      stdout: '0 errors, 0 warnings, 0 notes in 1 object; 1 known by the baseline.\n',
      stderr: '',
    })
  })

  it('tells of the second where it holds one, and of what is gone', async () => {
    const file = join(await folderWith({}), 'baseline.json')
    await runHere(['check', '-', '--baseline', file, '--write-baseline'], { stdin: bad })
    const twice = await runHere(['check', '-', '--baseline', file], { stdin: `${bad}---\n${bad}` })
    expect(twice.stdout).toContain('1 error, 0 warnings, 0 notes in 2 objects; 1 known by the baseline.')
    expect(twice.status).toBe(1)
    const gone = await runHere(['check', '-', '--baseline', file], { stdin: good })
    expect(gone.stderr).toBe(
      'note: 1 finding of the baseline not found any more; --write-baseline makes it anew\n',
    )
  })

  it.each([
    ['{', 'is not JSON'],
    ['{"version": 2, "findings": {}}', 'is no baseline: it.version is not one of 1'],
    ['{"version": 1, "findings": {"a": 0}}', 'is no baseline: it.findings.a must be >= 1'],
  ])('of %s is refused', async (text, rule) => {
    const folder = await folderWith({ 'baseline.json': text })
    const file = join(folder, 'baseline.json')
    const { status, stderr } = await runHere(['check', '-', '--baseline', file], { stdin: bad })
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${file} ${rule}`)])
  })

  it('that is not there, or has no name, is refused', async () => {
    const missing = await runHere(['check', '-', '--baseline', '/none/baseline.json'], { stdin: bad })
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('/none/baseline.json')])
    const unnamed = await runHere(['check', '-', '--write-baseline'], { stdin: bad })
    expect(unnamed).toMatchObject({ status: 2, stderr: 'longhaul: --write-baseline needs --baseline FILE\n' })
  })
})
