/** `npm run cluster`: two nodes on this host, with Longhaul installed by its chart; `-- down` takes them down. */

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathOf } from '../cluster/binaries.ts'
import { adminOf } from './cluster/cluster.ts'
import { claim, placeOf, takeDown } from './cluster/place.ts'
import { startCluster } from './cluster/start.ts'
import { buildImages } from './images/build.ts'
import { installLonghaul } from './install.ts'
import { clusterObstacle, ownArchives } from './requirements.ts'

const usage = `npm run cluster            two nodes, with Longhaul installed
npm run cluster -- down    takes them down
`

/** That of `npm run cluster`; tests take others. */
const place = placeOf(0)

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const [command = 'up', ...rest] = args
  if (!['up', 'down'].includes(command) || rest.length > 0) {
    process.stderr.write(usage)
    return 2
  }
  const obstacle = clusterObstacle()
  if (obstacle !== undefined) {
    process.stderr.write(`There can be no cluster here: ${obstacle}\n`)
    return 1
  }
  if (command === 'down') await takeDown(place)
  else await up()
  return 0
}

async function up(): Promise<void> {
  // After the host was switched off nothing runs, and what is left is of no use.
  await takeDown(place)
  claim(place)
  try {
    say('images')
    execFileSync('images/build', { stdio: ['ignore', 'ignore', 'inherit'] })
    const images = join(place.folder, 'images')
    const cluster = await startCluster(place, [...ownArchives, ...(await buildImages(images))], say)
    rmSync(join(images, 'apps-root'), { recursive: true })
    say('Longhaul')
    installLonghaul({ admin: adminOf(cluster) })
    say(`
export KUBECONFIG=${cluster.kubeconfig}
export PATH=${dirname(pathOf('kubectl'))}:$PATH`)
  } catch (error) {
    await takeDown(place)
    throw error
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
