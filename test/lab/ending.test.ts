/** However the lab ends, nothing of it is left. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { labObstacle } from './requirements.ts'

const main = new URL('main.ts', import.meta.url).pathname
const obstacle = labObstacle()

/** The lab in a process group of its own, its clients waiting for a server that is silent. */
async function runningLab() {
  const args = [main, '--short', '--only=silent-death', '--systems=WebSocket']
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const group = -(child.pid ?? 0)
  onTestFinished(() => {
    if (isThere(group)) process.kill(group, 'SIGKILL')
  })
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('clients wait')) break
  return { child, group }
}

function isThere(group: number): boolean {
  try {
    return process.kill(group, 0)
  } catch {
    return false
  }
}

async function emptied(group: number): Promise<boolean> {
  for (let triesLeft = 100; triesLeft > 0 && isThere(group); triesLeft -= 1) await delay(50)
  return !isThere(group)
}

it('Ctrl-C ends it, with the status of an interrupted program', async ctx => {
  ctx.skip(obstacle !== undefined, obstacle)
  const { child, group } = await runningLab()
  process.kill(group, 'SIGINT')
  const [status] = await once(child, 'exit')
  expect(status).toBe(130)
  expect(await emptied(group)).toBe(true)
})

it('its first process being killed ends all others', async ctx => {
  ctx.skip(obstacle !== undefined, obstacle)
  const { child, group } = await runningLab()
  child.kill('SIGKILL')
  expect(await emptied(group)).toBe(true)
})

it.each([
  { args: ['--fast'], says: /--fast.*--full/s },
  { args: ['--write', '--short'], says: /can't be used with --short/ },
  { args: ['--write', '--only=cost'], says: /can't be used with --only/ },
])('$args is refused with status 2 and the usage', async ({ args, says }) => {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const errors = child.stderr.setEncoding('utf8').toArray()
  const [status] = await once(child, 'exit')
  expect(status).toBe(2)
  expect((await errors).join('')).toMatch(says)
})
