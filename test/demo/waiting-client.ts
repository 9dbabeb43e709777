/** A client that asks and then waits for as long as it takes: the JVM's where there is one, else Python's, else Node's. */

import { spawnSync } from 'node:child_process'

export interface WaitingClient {
  name: string
  command: readonly string[]
}

const javaSource = new URL('Waiting.java', import.meta.url).pathname
const python = 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()'
const node =
  'require("node:http").get(process.argv[1]).on("error", e => { console.error(e.message); process.exit(1) })'

/** The first of them that this host has, and how it is called. */
export function waitingClient(url: string): WaitingClient {
  if (isHere('javac', '-version')) {
    return {
      name: "The JVM's HttpURLConnection",
      command: ['java', '-Dsun.net.http.retryPost=false', javaSource, url],
    }
  }
  if (isHere('python3', '--version')) {
    return { name: "Python's urllib", command: ['python3', '-c', python, url] }
  }
  return { name: "Node's http", command: [process.execPath, '-e', node, url] }
}

function isHere(program: string, flag: string): boolean {
  return spawnSync(program, [flag]).status === 0
}
