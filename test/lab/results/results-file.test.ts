import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openResultsFile } from './results-file.ts'

const temporary = () => mkdtempDisposable(join(tmpdir(), 'longhaul-results-'))

it('a file appears whole, or not at all', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'results.json')
  openResultsFile(path).discard()
  expect(readdirSync(folder.path)).toEqual([])
  openResultsFile(path).keep('{}')
  expect(readdirSync(folder.path)).toEqual(['results.json'])
  expect(readFileSync(path, 'utf8')).toBe('{}')
})

it('a folder that is missing is named at once', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'missing/results.json')
  expect(() => openResultsFile(path)).toThrow(`The results can't be written to ${path}: ENOENT`)
})

it('what can not be put into its place leaves nothing behind', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'results.json')
  mkdirSync(path)
  expect(() => openResultsFile(path).keep('{}')).toThrow(`The results can't be written to ${path}: EISDIR`)
  expect(readdirSync(folder.path)).toEqual(['results.json'])
})
