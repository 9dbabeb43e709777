/** Images as archives that containerd imports: layers as tar files, without a registry or a builder of images. */

import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { program } from '../../lab/hosts/program.ts'

export interface ImageParts {
  /** Such as `localhost/pause:1`. */
  name: string
  /** Tar files, the lowest first; each with a name of its own. */
  layers: readonly string[]
  entrypoint?: readonly string[]
  user?: string
}

/** Writes the archive, in the format of `docker save`. */
export async function saveImage(
  { name, layers, entrypoint, user }: ImageParts,
  archive: string,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-image-'))
  try {
    for (const layer of layers) symlinkSync(layer, join(folder, basename(layer)))
    const digests = await Promise.all(layers.map(sha256Of))
    const config = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: {
        Entrypoint: entrypoint,
        User: user,
        Env: ['PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      },
      rootfs: { type: 'layers', diff_ids: digests.map(digest => `sha256:${digest}`) },
      history: layers.map(() => ({ created_by: 'Longhaul tests' })),
    }
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    const manifest = [
      { Config: 'config.json', RepoTags: [name], Layers: layers.map(layer => basename(layer)) },
    ]
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
    await program(['tar', '--dereference', '-cf', archive, '-C', folder, '.'])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
