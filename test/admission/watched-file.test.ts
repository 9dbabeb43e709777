/** Files that change while the process runs; the poll takes a second. */

import { mkdir, mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { watchedFile } from '../../src/admission/watched-file.ts'

const patience = { timeout: 5000, interval: 50 }

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-watched-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function load(path: string): Promise<number> {
  const number = Number(await readFile(path, 'utf8'))
  if (Number.isNaN(number)) throw new Error('not a number')
  return number
}

/** Watches a file with a number in it, and keeps what was reported. */
async function watch(path: string, loadFile = load) {
  const events: string[] = []
  const file = await watchedFile(path, loadFile, {
    accepted: () => void events.push('accepted'),
    refused: error => void events.push(`refused: ${(error as Error).message}`),
  })
  onTestFinished(() => file.close())
  // The watcher takes its first look on its own time; a change before that is part of what it compares with.
  await delay(100)
  return { file, events }
}

it('has what the file holds, and takes over what it holds later', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '1')
  const { file, events } = await watch(path)
  expect(file.current()).toBe(1)
  await writeFile(path, '2')
  await expect.poll(() => file.current(), patience).toBe(2)
  expect(events).toEqual(['accepted'])
})

it('takes over a file that was replaced', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '1')
  const { file } = await watch(path)
  await writeFile(`${path}.new`, '2')
  await rename(`${path}.new`, path)
  await expect.poll(() => file.current(), patience).toBe(2)
})

it("takes over a swap of a ConfigMap's symlink", async () => {
  const folder = await makeFolder()
  const path = join(folder, 'number')
  const mount = async (name: string, content: string) => {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'number'), content)
    await symlink(name, join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  await mount('..2026_11_20_1', '1')
  await symlink('..data/number', path)
  const { file, events } = await watch(path)
  expect(file.current()).toBe(1)
  await mount('..2026_11_20_2', '2')
  await rm(join(folder, '..2026_11_20_1'), { recursive: true })
  await expect.poll(() => file.current(), patience).toBe(2)
  await mount('..2026_11_20_3', '3')
  await expect.poll(() => file.current(), patience).toBe(3)
  expect(events).toEqual(['accepted', 'accepted'])
})

it('refuses a broken change, keeps the old value, and takes over the repair', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '1')
  const { file, events } = await watch(path)
  await writeFile(path, 'broken')
  await expect.poll(() => events, patience).toEqual(['refused: not a number'])
  expect(file.current()).toBe(1)
  await writeFile(path, '3')
  await expect.poll(() => file.current(), patience).toBe(3)
  expect(events).toEqual(['refused: not a number', 'accepted'])
})

it('keeps the old value while the file is gone', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '1')
  const { file, events } = await watch(path)
  await unlink(path)
  await expect.poll(() => events, patience).toEqual([expect.stringContaining('ENOENT')])
  expect(file.current()).toBe(1)
  await writeFile(path, '2')
  await expect.poll(() => file.current(), patience).toBe(2)
})

it('ends with the last of several changes', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '0')
  const { file } = await watch(path)
  for (let value = 1; value <= 12; value++) {
    await writeFile(path, String(value))
    await delay(150)
  }
  await expect.poll(() => file.current(), patience).toBe(12)
})

it('never lets a slow load of an older state win', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '1')
  const loadSlowly = async (name: string) => {
    const value = await load(name)
    if (value === 2) await delay(1800)
    return value
  }
  const { file, events } = await watch(path, loadSlowly)
  await writeFile(path, '2')
  await delay(1200)
  await writeFile(path, '3')
  await expect.poll(() => events.length, patience).toBe(2)
  expect(file.current()).toBe(3)
})

it('rejects where the first load fails', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, 'broken')
  await expect(watch(path)).rejects.toThrow('not a number')
})

it('looks no more once it is closed', async () => {
  const path = join(await makeFolder(), 'number')
  await writeFile(path, '1')
  const { file, events } = await watch(path)
  file.close()
  await writeFile(path, '2')
  await delay(1500)
  expect(file.current()).toBe(1)
  expect(events).toEqual([])
})
