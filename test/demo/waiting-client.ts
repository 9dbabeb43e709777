/** A client that asks and then waits for as long as it takes: the JVM's where there is one, else Python's, else curl. */

import { spawnSync } from 'node:child_process'

export interface WaitingClient {
  name: string
  command: readonly string[]
}

const clients = new URL('../lab/clients/', import.meta.url).pathname

/** The first of them that this host has, and how it is called. It prints `ready` once its request was heard. */
export function waitingClient(url: string): WaitingClient {
  if (isHere('javac', '-version')) {
    const command = ['java', `${clients}Waiting.java`, 'HttpURLConnection', url]
    return { name: "The JVM's HttpURLConnection", command }
  }
  if (isHere('/usr/bin/python3', '--version')) {
    return { name: "Python's http.client", command: ['/usr/bin/python3', `${clients}waiting.py`, url] }
  }
  return { name: 'curl', command: ['curl', '--silent', '--show-error', '--no-buffer', '--no-keepalive', url] }
}

function isHere(program: string, flag: string): boolean {
  return spawnSync(program, [flag]).status === 0
}
