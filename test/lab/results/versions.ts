/** The versions of what takes part in the lab. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { version } from '../../../src/version.ts'
import { postgresqlFolder } from '../pods/postgresql-folder.ts'

const programs: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'nats-server': ['nats-server', '--version'],
  mosquitto: ['mosquitto', '-h'],
  'redis-server': ['redis-server', '--version'],
  postgresql: [`${postgresqlFolder()[0] ?? ''}/postgres`, '--version'],
  java: ['java', '--version'],
  curl: ['curl', '--version'],
  python: ['/usr/bin/python3', '--version'],
  nftables: ['nft', '--version'],
}

const libraries = [
  '@nats-io/transport-node',
  'mqtt',
  'ioredis',
  'pg',
  'socket.io',
  'socket.io-client',
  'undici',
  'ws',
]

/** By name; a program that is not here is left out. */
export function versions(): Record<string, string> {
  const found: Record<string, string> = { longhaul: version, node: process.version.slice(1) }
  for (const [name, [program, ...args]] of Object.entries(programs)) {
    const text = firstNumber(program, args)
    if (text !== undefined) found[name] = text
  }
  for (const name of libraries) found[name] = libraryVersion(name)
  return found
}

function firstNumber(program: string, args: readonly string[]): string | undefined {
  try {
    return /\d+(\.\d+)+/.exec(execFileSync(program, args, { encoding: 'utf8' }))?.[0]
  } catch (error) {
    // mosquitto prints its help with status 3.
    const { stdout } = error as { stdout?: string | null }
    return /\d+(\.\d+)+/.exec(stdout ?? '')?.[0]
  }
}

function libraryVersion(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url)
  const { version: text } = JSON.parse(readFileSync(file, 'utf8'))
  return text
}
