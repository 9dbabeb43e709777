/** What is in the images: as little as they can do with. */

import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readFileSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sizesOf } from '../../images/archive.ts'
import { architectures, imageFor, missingForImages, rootOf, unpackedArchive } from './built.ts'

const packageJson = JSON.parse(readFileSync('package.json', 'utf8'))

it('the Node in the image is the one that the tests run on', () => {
  const { optionalDependencies } = JSON.parse(readFileSync('images/node/package.json', 'utf8'))
  expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([packageJson.devDependencies.node]))
})

const missing = missingForImages()
if (missing !== undefined) process.stderr.write(`test/images is skipped: ${missing}\n`)

const machines = new Map([
  ['amd64', 'Advanced Micro Devices X86-64'],
  ['arm64', 'AArch64'],
])

describe.skipIf(missing !== undefined)(`images (${missing ?? 'as built'})`, () => {
  const built = [
    {
      name: 'longhaul',
      user: '65532:65532',
      entrypoint: ['/usr/local/bin/node', '/longhaul.js'],
      programs: ['longhaul', 'usr/local/bin/node'],
      unpackedLimit: 150e6,
    },
    {
      name: 'longhaul-agent',
      user: '0:0',
      entrypoint: ['/usr/local/bin/node', '/longhaul.js'],
      programs: ['longhaul', 'longhaul-node', 'usr/local/bin/node'],
      unpackedLimit: 150e6,
    },
    {
      name: 'longhaul-init',
      user: '65532:65532',
      entrypoint: ['/longhaul'],
      programs: ['libkeepalive.so', 'longhaul'],
      unpackedLimit: 150e3,
    },
  ] as const

  describe.each(missing === undefined ? built : [])(
    '$name',
    ({ name, user, entrypoint, programs, unpackedLimit }) => {
      const archive = unpackedArchive(name)
      const images = architectures.map(architecture => imageFor(architecture, archive))

      it('is named as the webhook and the chart expect it', () => {
        expect(archive.name).toBe(`ghcr.io/longhaul-dev/${name}:${packageJson.version}`)
        expect(images).toHaveLength(archive.images.length)
      })

      it.each(images)('says for $architecture what it runs, as whom, and where it is from', ({ config }) => {
        expect(config).toMatchObject({ User: user, Entrypoint: entrypoint })
        expect(config.Labels).toEqual({
          'org.opencontainers.image.title': name,
          'org.opencontainers.image.description': expect.stringMatching(/Longhaul|connections/),
          'org.opencontainers.image.version': packageJson.version,
          'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}(-dirty)?$/),
          'org.opencontainers.image.created': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          'org.opencontainers.image.source': 'https://github.com/longhaul-dev/longhaul',
          'org.opencontainers.image.licenses': 'MIT',
        })
      })

      it.each(images)('is small for $architecture', image => {
        const { fetched, unpacked } = sizesOf(image)
        process.stdout.write(
          `${name} ${image.architecture}: ${fetched} bytes fetched, ${unpacked} unpacked\n`,
        )
        expect(unpacked).toBeLessThan(unpackedLimit)
        expect(fetched).toBeLessThan(unpacked)
      })

      it.each(images)('has nothing for $architecture that its user could change or gain by', image => {
        const files = filesUnder(rootOf(image))
        const wrong = files.filter(({ stats }) => !isHarmless(stats)).map(({ path }) => path)
        expect(wrong).toEqual([])
      })

      it.each(images)('has no shell for $architecture, and programs for it only', image => {
        const root = rootOf(image)
        const runnable = filesUnder(root).filter(({ stats }) => stats.isFile() && (stats.mode & 0o111) !== 0)
        const names = runnable.map(({ path }) => path).sort()
        expect(names.filter(path => !/\/ld-linux-[^/]*$/.test(path))).toEqual(programs)
        for (const path of names) expect(machineOf(join(root, path))).toBe(machines.get(image.architecture))
      })
    },
  )
})

interface Entry {
  path: string
  stats: Stats
}

function filesUnder(root: string): Entry[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).map(path => ({
    path,
    stats: lstatSync(join(root, path)),
  }))
}

/** What processor an ELF file is for, in the words of readelf. */
function machineOf(file: string): string | undefined {
  const header = execFileSync('readelf', ['--file-header', file], { encoding: 'utf8' })
  return /Machine:\s*(.+)/.exec(header)?.[1]
}

/** Of root, written by nobody else, no device, and without a bit that raises rights. */
function isHarmless(stats: Stats): boolean {
  const isOfRoot = stats.uid === 0 && stats.gid === 0
  return isOfRoot && (stats.isFile() || stats.isDirectory()) && (stats.mode & 0o7022) === 0
}
