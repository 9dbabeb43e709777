import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'

const script = `
  import { spawn } from 'node:child_process'
  import { startSweeper } from '${new URL('sweeper.ts', import.meta.url)}'
  const sweeper = await startSweeper('longhaul-sweeper-test')
  const server = spawn('sleep', ['600'], { stdio: 'ignore' })
  const gone = spawn('sleep', ['600'], { stdio: 'ignore' })
  sweeper.watch(gone.pid)
  sweeper.watch(server.pid)
  sweeper.forget(gone.pid)
  console.log(JSON.stringify({ folder: sweeper.folder, watched: server.pid, forgotten: gone.pid }))
`

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('kills and deletes what a killed process leaves behind', async () => {
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(owner.stdout, 'data')
  const { folder, watched, forgotten } = JSON.parse(String(line))
  expect([existsSync(folder), isAlive(watched), isAlive(forgotten)]).toEqual([true, true, true])

  owner.kill('SIGKILL')
  await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false)
  await expect.poll(() => isAlive(watched), { timeout: 10_000 }).toBe(false)
  expect(isAlive(forgotten)).toBe(true)
  process.kill(forgotten)
})
