/** The images that `npm run images` has built, and the root file systems that nodes make of them. */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'
import { type Archive, type Image, readArchive } from '../../images/archive.ts'
import { isInstalled } from '../native/programs.ts'

const folder = process.env['LONGHAUL_IMAGES']
const project = resolve(import.meta.dirname, '../..')

export const architectureHere = process.arch === 'x64' ? 'amd64' : process.arch
export const architectures = ['amd64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

/** Why the images can't be tested here, if so. */
export function missingForImages(): string | undefined {
  if (folder === undefined)
    return 'LONGHAUL_IMAGES is not set: npm run images, export LONGHAUL_IMAGES=dist/images'
  if (process.getuid?.() !== 0) return 'needs root, for the owners of files and for chroot'
  const missing = ['unshare', 'nsenter', 'setpriv', 'chroot'].filter(program => !isInstalled(program))
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

const archives = new Map<string, Archive>()
const roots = new Map<string, string>()

/** The archive of an image, unpacked once for the tests of a file. */
export function unpackedArchive(name: 'longhaul' | 'longhaul-init' | 'longhaul-agent'): Archive {
  const archive =
    archives.get(name) ?? readArchive(join(project, folder ?? '', `${name}.tar`), temporaryFolder())
  archives.set(name, archive)
  return archive
}

/** The image for one architecture. Throws where the archive has none. */
export function imageFor(architecture: Architecture, { name, images }: Archive): Image {
  const image = images.find(each => each.architecture === architecture)
  if (image === undefined) throw new Error(`${name} has no image for ${architecture}`)
  return image
}

/** The root file system of an image, owners and modes as a node has them; made once for the tests of a file. */
export function rootOf({ digest, layers }: Image): string {
  const made = roots.get(digest)
  if (made !== undefined) return made
  const root = temporaryFolder()
  for (const { file } of layers)
    execFileSync('tar', ['-xzpf', file, '--numeric-owner', '--same-owner', '-C', root])
  roots.set(digest, root)
  return root
}

const temporaryFolders: string[] = []
afterAll(() => {
  for (const each of temporaryFolders) rmSync(each, { recursive: true })
})

/** A folder that is gone when the tests of the file are done; those of other users may enter it. */
export function temporaryFolder(): string {
  const created = mkdtempSync(join(tmpdir(), 'longhaul-images-'))
  temporaryFolders.push(created)
  chmodSync(created, 0o755)
  return created
}
