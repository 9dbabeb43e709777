/**
 * What a container writes, line by line. It writes into a real pipe, as under a container runtime, since
 * Longhaul's hooks write to the log of a container by way of /proc: Node's own pipes are sockets, which can't
 * be opened there.
 */

import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface, type Interface } from 'node:readline'
import { newFolder } from '../hosts/file-system.ts'
import { program } from '../hosts/program.ts'

export interface Output {
  /** To be given to the process. */
  descriptor: number
  lines: Interface
  /** To be called once the process has its copy of the descriptor: the lines end when its last one is closed. */
  handedOver(): void
}

/** A new pipe. */
export async function openOutput(): Promise<Output> {
  const folder = newFolder('output')
  const path = `${folder}/pipe`
  await program(['mkfifo', path])
  const readable = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const descriptor = openSync(path, constants.O_WRONLY)
  rmSync(folder, { recursive: true })
  const input = new Socket({ fd: readable, readable: true, writable: false })
  return { descriptor, lines: createInterface({ input }), handedOver: () => closeSync(descriptor) }
}
