/** What a machine needs for the lab, and what it lacks. */

import { accessSync, constants, existsSync } from 'node:fs'
import { namespaceObstacle } from './hosts/own-namespaces.ts'
import { programFolders } from './pods/environment.ts'
import type { Need, System } from './systems/system.ts'

const always: readonly Need[] = [
  { program: 'ip', package: 'iproute2' },
  { program: 'nft', package: 'nftables' },
  { program: 'conntrack', package: 'conntrack' },
  { program: 'nsenter', package: 'util-linux' },
  { program: 'sysctl', package: 'procps' },
]

/** Why nothing of the lab can run here, if so. */
export function labObstacle(): string | undefined {
  const built = new URL('../../native/build/libkeepalive.so', import.meta.url)
  if (!existsSync(built)) return 'native/build is missing (make -C native; apt-get install gcc make)'
  const missing = always.filter(need => !isHere(need)).map(sentence)
  return missing.length > 0 ? missing.join('; ') : namespaceObstacle()
}

/** The systems and clients that can run here, and a sentence for everything that can't. */
export function available(systems: readonly System[]): { systems: System[]; missing: string[] } {
  const missing = new Set<string>()
  const has = (needs: readonly Need[] = []) => {
    const lacking = needs.filter(need => !isHere(need))
    for (const need of lacking) missing.add(sentence(need))
    return lacking.length === 0
  }
  const present = systems
    .filter(({ needs }) => has(needs))
    .map(system => ({ ...system, clients: system.clients.filter(({ needs }) => has(needs)) }))
  return { systems: present, missing: [...missing] }
}

function sentence(need: Need): string {
  return `there is no ${need.program} (apt-get install ${need.package})`
}

/** Whether the program is where Debian installs them. */
export function isHere({ program }: Pick<Need, 'program'>): boolean {
  return programFolders.some(folder => {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
