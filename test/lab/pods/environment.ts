/** The environment and the command line of a container, as the kubelet makes them. */

import { dirname } from 'node:path'
import type { V1Container } from '@kubernetes/client-node'
import { postgresqlFolder } from './postgresql-folder.ts'

export type Variables = Readonly<Record<string, string>>

/** Where the host's programs are. */
export const programFolders: readonly string[] = [
  ...postgresqlFolder(),
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
]

/** The lab's stand-in for images: every container sees the host's programs, and Node first among them. */
const path = [dirname(process.execPath), ...programFolders].join(':')

/** Where services are, as variables: what the kubelet sets for each service of the namespace. */
export function serviceVariables(name: string, address: string, port: number): Variables {
  const prefix = name.toUpperCase().replaceAll('-', '_')
  return { [`${prefix}_SERVICE_HOST`]: address, [`${prefix}_SERVICE_PORT`]: String(port) }
}

/** All variables of a container. What the container sets itself wins. */
export function environmentOf({ env = [] }: V1Container, services: Variables): Variables {
  const base: Record<string, string> = { PATH: path, HOME: '/nonexistent', ...services }
  for (const { name, value = '' } of env) base[name] = expand(value, base)
  return base
}

/** Command and arguments, with each `$(NAME)` of a known variable replaced. */
export function commandOf({ command = [], args = [] }: V1Container, variables: Variables): string[] {
  return [...command, ...args].map(each => expand(each, variables))
}

function expand(text: string, variables: Variables): string {
  return text.replace(/\$\(([^)]+)\)/g, (whole, name: string) => variables[name] ?? whole)
}
