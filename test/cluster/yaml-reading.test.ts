/** What kubectl makes of plain scalars, and what preview does. */

import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readDocuments } from '../../src/manifests/documents.ts'
import { valueAt } from '../../src/manifests/workloads.ts'
import { missingForControlPlane, pathOf } from './binaries.ts'

const words = [
  '~',
  'null',
  'y',
  'N',
  'yes',
  'On',
  'OFF',
  'True',
  'false',
  'e2',
  'E5',
  '.e5',
  '+e1',
  '-.e5',
  '1e',
]
const whole = [
  '0',
  '-0',
  '00',
  '08',
  '0777',
  '-0777',
  '0123456789',
  '1_000',
  '1__0',
  '1_',
  '_1',
  '+1',
  '0_7',
  '0_',
]
const based = ['0x1F', '0X1f', '-0x1F', '0x_1', '0x', '0o17', '-0O7', '0o8', '0b11', '-0B11', '0b12', '0b']
const points = [
  '.5',
  '-.5',
  '5.',
  '.',
  '..',
  '._5',
  '.5_0',
  '1_0.5',
  '1.50',
  '1.2.3',
  '1.5_5',
  '1.e3',
  '5.e-1',
]
const exponents = ['1e3', '1E+3', '1e3_0', '1_e3', '1e400', '.1e400', '1e-400', '0e', '1.e']
const others = [
  '1:30',
  '1:30:00.5',
  '2026-11-20',
  '2026-11-20T10:00:00Z',
  '1-2',
  '12345678901234567890',
  '"1"',
  '!!str 1',
]

test.skipIf(missingForControlPlane('kubectl'))('scalars are read as kubectl reads them', () => {
  const all = [...words, ...whole, ...based, ...points, ...exponents, ...others]
  const values = all.map(text => `  - ${text}\n`).join('')
  const source = `${stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } })}values:\n${values}`
  const args = ['annotate', '--local', '--filename=-', '--output=json', 'a=b']
  const { stdout, stderr } = spawnSync(pathOf('kubectl'), args, { input: source, encoding: 'utf8', env: {} })
  expect(stderr).toBe('')
  const [document] = readDocuments(source, 'x.yaml')
  const read = valueAt(document?.value, ['values']) as unknown[]
  const pairs = (list: unknown[]) => all.map((text, index) => [text, list[index]])
  // JSON knows no -0.
  expect(pairs(read.map(value => (value === 0 ? 0 : value)))).toEqual(pairs(JSON.parse(stdout).values))
})
