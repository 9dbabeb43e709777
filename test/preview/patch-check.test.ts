/** What preview does with a patch that does not make what it shows. Faults are put in where patches are made. */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { readDocuments } from '../../src/manifests/documents.ts'
import { type Operation, patchBetween } from '../../src/mutation/patch.ts'
import { defaultConfig } from '../../src/policy/config.ts'
import { checkPatches } from '../../src/preview/patch-check.ts'
import { planDocuments } from '../../src/preview/plan.ts'
import { runHere } from '../cli/longhaul.ts'
import { deployment } from '../cli/manifests.ts'

vi.mock(import('../../src/mutation/patch.ts'), async original => {
  const { patchBetween } = await original()
  return { patchBetween: vi.fn(patchBetween) }
})

afterEach(() => void vi.mocked(patchBetween).mockReset())

const faults: [string, (patch: readonly Operation[]) => Operation[]][] = [
  ['lacks an operation', patch => patch.slice(1)],
  ['sets another value', patch => [...patch.slice(1), { op: 'add', path: '/spec/hostname', value: 'a' }]],
  ['leads nowhere', patch => [...patch, { op: 'replace', path: '/spec/nowhere/name', value: 'a' }]],
]

function wrong(fault: (patch: readonly Operation[]) => Operation[], isMeant = (_: object) => true): void {
  const make = vi.mocked(patchBetween).getMockImplementation() ?? patchBetween
  vi.mocked(patchBetween).mockImplementation((before, after) => {
    const patch = make(before, after)
    return before !== after && isMeant(before) ? fault(patch) : patch
  })
}

describe.each(['diff', 'yaml', 'json', 'patch', 'summary'])('preview -o %s', format => {
  const args = ['preview', '-', '-o', format]

  it.each(faults)('fails, and names the workload, where the patch of a pod %s', async (_, fault) => {
    wrong(fault, before => 'kind' in before && before.kind === 'Pod')
    const { status, stdout, stderr } = await runHere(args, {
      stdin: `${deployment('plain', [])}---\n${deployment('chat')}`,
    })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toContain('this is a fault of Longhaul')
    expect(stderr).toContain('the patch of Deployment chat in namespace default ')
  })

  it('fails where the patch of an object is wrong', async () => {
    wrong(faults[0]?.[1] ?? (() => []), before => 'kind' in before && before.kind === 'Deployment')
    const { status, stdout } = await runHere(args, { stdin: deployment('chat') })
    expect([status, stdout]).toEqual([1, ''])
  })

  it('goes on where patches are right', async () => {
    const { status, stderr } = await runHere(args, { stdin: deployment('chat') })
    expect([status, stderr]).toEqual([0, ''])
  })
})

it('a check changes nothing, and takes no offence at pods that are left alone', () => {
  const malformed = deployment('odd', []).replace(/containers:[\s\S]*/, 'containers: none\n')
  const audited = deployment('audited', ['longhaul.dev/inject: audit'])
  const documents = readDocuments(`${malformed}---\n${audited}---\n${deployment('chat')}`, 'x.yaml')
  const { workloads } = planDocuments(documents, {
    namespace: 'default',
    namespaceLabels: {},
    config: defaultConfig,
  })
  const before = structuredClone(workloads)
  checkPatches(workloads)
  expect(workloads).toEqual(before)
  expect(workloads.map(({ decision }) => decision.mutation.outcome)).toEqual([
    'skipped',
    'skipped',
    'mutated',
  ])
})
