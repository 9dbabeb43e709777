/** Runs the system's programs (ip, nft, conntrack) to their end. */

import { execFile } from 'node:child_process'

export type Command = readonly [string, ...string[]]

/** What the program writes to its standard output. Rejects with the command and what it complained about. */
export function program([name, ...args]: Command, input = ''): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = execFile(name, args, (error, stdout, stderr) => {
    if (error === null) resolve(stdout)
    else reject(new Error(`${[name, ...args].join(' ')}: ${stderr.trim() || error.message}`))
  })
  // Who ends without reading its input has said why on stderr.
  child.stdin?.on('error', () => {}).end(input)
  return promise
}
