/** Debian keeps the programs of PostgreSQL's server in a folder by version, outside of every PATH. */

import { existsSync, readdirSync } from 'node:fs'

const versions = '/usr/lib/postgresql'

/** The folder of the newest version; empty where none is installed. */
export function postgresqlFolder(): string[] {
  if (!existsSync(versions)) return []
  const newest = readdirSync(versions).sort((one, other) => Number(other) - Number(one))[0]
  return newest === undefined ? [] : [`${versions}/${newest}/bin`]
}
