/**
 * Clients that ask once a second each. `ready` once all have had an answer; `lost` for each connection that ends,
 * `failed WHY` for each operation without an answer.
 */

import { type Asker, askers } from './asker.ts'

const [kind = '', host = '', count = ''] = process.argv.slice(2)
const make = askers[kind]
if (make === undefined) throw new Error(`there are no askers by ${kind}`)
const pauseMs = 1000

let served = 0
for (let each = 0; each < Number(count); each += 1) {
  const asker = make(host, () => say('lost'))
  setTimeout(() => begin(asker), Math.random() * pauseMs)
}

async function begin(asker: Asker): Promise<void> {
  await ask(asker)
  served += 1
  if (served === Number(count)) say('ready')
}

async function ask(asker: Asker): Promise<void> {
  await asker.ask().catch((error: Error) => say(`failed ${error.message}`))
  setTimeout(() => ask(asker), (0.5 + Math.random()) * pauseMs)
}

function say(line: string): void {
  process.stdout.write(`${line.replaceAll('\n', ' ')}\n`)
}
