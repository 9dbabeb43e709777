/** The lab's own view of the file system: everything that it writes is in memory, and gone when it ends. */

import { lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { program } from './program.ts'

/** Where the lab writes; in its own mount namespace only. */
const root = '/run'
const hostsOpt = '/run/opt-of-the-host'

/**
 * To be called once, in the lab's own mount namespace: /run becomes a file system in memory, and /opt another
 * one, with what the host has there mounted into it, so that a pod can have /opt/longhaul.
 */
export async function prepareFileSystem(): Promise<void> {
  await program(['mount', '-t', 'tmpfs', 'tmpfs', root])
  mkdirSync(hostsOpt)
  await program(['mount', '--rbind', '/opt', hostsOpt])
  await program(['mount', '-t', 'tmpfs', 'tmpfs', '/opt'])
  for (const name of readdirSync(hostsOpt)) {
    if (!lstatSync(join(hostsOpt, name)).isDirectory()) continue
    mkdirSync(join('/opt', name))
    await program(['mount', '--rbind', join(hostsOpt, name), join('/opt', name)])
  }
}

/** An empty folder for a pod. */
export function newFolder(name: string): string {
  return mkdtempSync(join(root, `${name}-`))
}
