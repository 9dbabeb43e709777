/** `npm run bench`: all measurements, or those that are named. Exits with 1 where a limit is missed. */

import { run as admissions } from './admissions.ts'
import { run as cluster } from './cluster.ts'
import { run as connections } from './connections.ts'
import { run as deletions } from './deletions.ts'
import { type Figure, report } from './figures.ts'
import { run as hostile } from './hostile.ts'
import { run as hangup } from './native-hangup.ts'
import { run as keepalive } from './native-keepalive.ts'
import { run as list } from './native-list.ts'
import { run as preview } from './preview.ts'
import { run as startup } from './startup.ts'

const benches: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  admissions,
  connections,
  hostile,
  startup,
  preview,
  keepalive,
  hangup,
  list,
  cluster,
  deletions,
}

const named = process.argv.slice(2)
const unknown = named.filter(name => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  process.stderr.write(`no such bench: ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`)
  process.exit(2)
}

let areKept = true
for (const [name, run] of Object.entries(benches)) {
  if (named.length > 0 && !named.includes(name)) continue
  process.stdout.write(`\n${name}\n`)
  areKept = report(await run()) && areKept
}
process.exitCode = areKept ? 0 : 1
