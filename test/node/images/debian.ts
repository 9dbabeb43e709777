/** The packages of this machine's Debian that the programs in pods need, as a layer. */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { program } from '../../lab/hosts/program.ts'

const packages = [
  'coreutils',
  'dash',
  'default-jre-headless',
  'iproute2',
  'libatomic1',
  'libstdc++6',
  'mosquitto',
  'musl',
  'nats-server',
  'nginx-light',
  'php-fpm',
  'postgresql',
  'python3',
  'redis-server',
]

/** A third of all: no program that runs here reads them. LLVM is what PostgreSQL compiles long queries with. */
const unread = [
  'usr/lib/*/libLLVM*',
  'usr/lib/*/libz3*',
  'usr/lib/postgresql/*/lib/bitcode',
  'usr/share/doc',
  'usr/share/i18n',
  'usr/share/locale',
  'usr/share/man',
]

/** Unpacked, without the packages' own scripts. Kept for the next time. */
export async function debianLayer(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'longhaul/node-images')
  const key = createHash('sha256').update(packages.concat(unread).join()).digest('hex').slice(0, 16)
  const layer = join(cache, `debian-${key}.tar`)
  if (existsSync(layer)) return layer
  mkdirSync(cache, { recursive: true })
  const made = join(cache, `building-${process.pid}.tar`)
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  const include = `--include=${packages.join()}`
  const trim = `--extract-hook=cd "$1" && rm -rf ${unread.join(' ')}`
  await program(['mmdebstrap', '--quiet', '--variant=extract', include, trim, release, made])
  renameSync(made, layer)
  return layer
}
