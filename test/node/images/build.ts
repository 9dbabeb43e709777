/**
 * The images of the cluster besides Longhaul's: the sandbox's, CoreDNS, and `localhost/apps:1`, a Debian with Node and
 * what is in debian.ts, and the lab's servers and clients in /app.
 */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from '../../../esbuild.config.ts'
import { pathOf } from '../../cluster/binaries.ts'
import { program } from '../../lab/hosts/program.ts'
import { appUser } from '../pods.ts'
import { debianLayer } from './debian.ts'
import { saveImage } from './save.ts'

const project = join(import.meta.dirname, '../../..')
const programs = [
  'test/lab/servers/answer-later.ts',
  'test/lab/servers/sessions.ts',
  'test/lab/clients/requests.ts',
  'test/lab/clients/swarm.ts',
  'test/lab/clients/waiting.py',
]

/** Makes them in a folder. Gives the archives. */
export async function buildImages(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const archive = (name: string) => join(folder, `${name}.tar`)
  const [pause, coredns, apps, debian] = await Promise.all([
    pauseLayer(folder),
    corednsLayer(folder),
    appsLayer(folder),
    debianLayer(),
  ])
  await Promise.all([
    saveImage({ name: 'localhost/pause:1', layers: [pause], entrypoint: ['/pause'] }, archive('pause')),
    saveImage(
      { name: 'localhost/coredns:1', layers: [coredns], entrypoint: ['/coredns'] },
      archive('coredns'),
    ),
    saveImage({ name: 'localhost/apps:1', layers: [debian, apps] }, archive('apps')),
  ])
  return ['pause', 'coredns', 'apps'].map(archive)
}

async function pauseLayer(folder: string): Promise<string> {
  const root = newRoot(folder, 'pause')
  const source = join(import.meta.dirname, 'pause.c')
  await program(['gcc', '-static', '-Os', '-s', '-o', join(root, 'pause'), source])
  return layerOf(root)
}

async function corednsLayer(folder: string): Promise<string> {
  const root = newRoot(folder, 'coredns')
  cpSync(pathOf('coredns'), join(root, 'coredns'))
  return layerOf(root)
}

async function appsLayer(folder: string): Promise<string> {
  const root = newRoot(folder, 'apps')
  const node = join(root, 'usr/local/bin/node')
  // The one that runs this.
  cpSync(process.execPath, node, { dereference: true, recursive: true })
  await program(['strip', node])
  const scripts = programs.map(file => join(project, file))
  await build({
    ...bundleOptions,
    entryPoints: scripts.filter(file => file.endsWith('.ts')),
    outdir: join(root, 'app'),
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
  })
  for (const file of scripts.filter(each => each.endsWith('.py')))
    cpSync(file, join(root, 'app', 'waiting.py'))
  await compileClients(root)
  // Some programs, such as initdb, want their user to have a name.
  mkdirSync(join(root, 'etc'))
  writeFileSync(
    join(root, 'etc/passwd'),
    `root:x:0:0::/:/bin/sh\napp:x:${appUser}:${appUser}::/tmp:/bin/sh\n`,
  )
  return layerOf(root)
}

/** The same in C with musl, and in Go, which is static. */
async function compileClients(root: string): Promise<void> {
  const source = (name: string) => join(import.meta.dirname, name)
  const folder = join(root, 'app')
  const javaSources = [join(project, 'test/lab/clients/Waiting.java'), source('Holding.java')]
  await Promise.all([
    program(['musl-gcc', '-o', join(folder, 'waiting-musl'), source('waiting.c')]),
    program(['env', 'CGO_ENABLED=0', 'go', 'build', '-o', join(folder, 'waiting-go'), source('waiting.go')]),
    // For the oldest one that has both of its clients: the image's may be older than this machine's.
    program(['javac', '--release', '11', '-d', folder, ...javaSources]),
  ])
}

function newRoot(folder: string, name: string): string {
  const root = join(folder, `${name}-root`)
  mkdirSync(join(root, 'app'), { recursive: true })
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true })
  return root
}

async function layerOf(root: string): Promise<string> {
  const layer = `${root}.tar`
  await program(['tar', '--owner=0', '--group=0', '--numeric-owner', '-cf', layer, '-C', root, '.'])
  return layer
}
