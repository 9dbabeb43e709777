import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { flushLog, openLog } from '../../src/cli/log.ts'
import { folderWith } from './longhaul.ts'

it('is written whole once it is flushed, also where a write was under way', async () => {
  const folder = await folderWith({})
  for (let turn = 0; turn < 20; turn++) {
    const path = join(folder, String(turn))
    const file = await open(path, 'w')
    onTestFinished(() => file.close())
    const stdout = Object.assign(new PassThrough(), { fd: file.fd })
    const log = await openLog({
      stdin: new PassThrough(),
      stdout,
      stderr: new PassThrough(),
      isColoured: false,
      onSignal: () => () => {},
    })
    log.info('first')
    log.flush()
    log.info('behind it')
    await flushLog(log)
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3)
  }
})
