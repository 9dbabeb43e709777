/** Reads an OCI archive: a tar file with an index, manifests, configurations and layers, each named by its digest. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

interface Descriptor {
  digest: string
  size: number
}

interface Index {
  manifests: (Descriptor & { annotations?: Record<string, string>; platform?: { architecture: string } })[]
}

/** What a container gets from its image; the names are those of the OCI specification. */
export interface ImageConfig {
  User: string
  Entrypoint: string[]
  Env: string[]
  Labels: Record<string, string>
}

/** An image for one architecture. */
export interface Image {
  architecture: string
  digest: string
  config: ImageConfig
  layers: Layer[]
}

export interface Layer {
  /** A tar file, compressed by gzip. */
  file: string
  /** Bytes that a node fetches. */
  size: number
}

export interface Archive {
  /** Registry, name and version. */
  name: string
  /** Of the index, which stands for the images of all architectures. */
  digest: string
  images: Image[]
}

/** Unpacks an archive with an image for several architectures into a folder, and reads it. */
export function readArchive(archive: string, folder: string): Archive {
  execFileSync('tar', ['-xf', archive, '-C', folder])
  const blob = (digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
  const { manifests } = readJson<Index>(join(folder, 'index.json'))
  const [index] = manifests
  if (index === undefined) throw new Error(`${archive}: there is no image in it`)
  return {
    name: index.annotations?.['org.opencontainers.image.ref.name'] ?? archive,
    digest: index.digest,
    images: readJson<Index>(blob(index.digest)).manifests.map(({ digest }) => readImage(digest, blob)),
  }
}

function readImage(digest: string, blob: (digest: string) => string): Image {
  const manifest = readJson<{ config: Descriptor; layers: Descriptor[] }>(blob(digest))
  const { architecture, config } = readJson<Pick<Image, 'architecture' | 'config'>>(
    blob(manifest.config.digest),
  )
  const layers = manifest.layers.map(layer => ({ file: blob(layer.digest), size: layer.size }))
  return { architecture, digest, config, layers }
}

/** Bytes of an image: fetched by a node, and unpacked there. */
export function sizesOf({ layers }: Image): { fetched: number; unpacked: number } {
  return {
    fetched: sum(layers.map(({ size }) => size)),
    unpacked: sum(layers.map(({ file }) => gunzipSync(readFileSync(file)).length)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
