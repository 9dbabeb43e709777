/** kubectl runs the program as its plugin, and completes such calls. */

import { symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { bundle, ended, folderWith, type Result, startCommand } from '../cli/longhaul.ts'
import { missingForControlPlane, pathOf } from './binaries.ts'

const missing = missingForControlPlane('kubectl')

beforeEach(context => {
  if (missing !== undefined) context.skip(missing)
})

async function kubectl(...args: string[]): Promise<Result> {
  const folder = await folderWith({})
  for (const name of ['kubectl-longhaul', 'kubectl_complete-longhaul'])
    await symlink(bundle, join(folder, name))
  const PATH = [folder, dirname(process.execPath), process.env['PATH']].join(':')
  const child = startCommand(pathOf('kubectl'), args, { PATH, HOME: folder })
  child.stdin.end()
  return ended(child)
}

test('it runs', async () => {
  const { status, stdout, stderr } = await kubectl('longhaul', 'connections', '--help')
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^Usage: kubectl longhaul connections \[options\] \[target\.\.\.\]\n/)
})

test('its exit status and its messages are passed on', async () => {
  expect(await kubectl('longhaul', 'hangup', 'deploy/chat', 'redis', '6379')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('"redis" is not an address'),
  })
})

test('it is completed', async () => {
  const { stdout } = await kubectl('__complete', 'longhaul', 'connections', '-o', '')
  expect(stdout).toBe('table\nwide\njson\n:4\n')
})
