/** `node images/list.ts ARCHIVE…`: names, digests and sizes of the images in OCI archives. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArchive, sizesOf } from './archive.ts'

for (const archive of process.argv.slice(2)) list(archive)

function list(archive: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-image-'))
  try {
    const { name, digest, images } = readArchive(archive, folder)
    process.stdout.write(`${archive}  ${name}@${digest}\n`)
    for (const image of images) {
      const { fetched, unpacked } = sizesOf(image)
      const sizes = `${kilobytes(fetched)} fetched, ${kilobytes(unpacked)} unpacked`
      process.stdout.write(`  ${image.architecture}  ${image.digest}  ${sizes}\n`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000).toLocaleString('en')} kB`
}
