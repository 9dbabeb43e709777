/**
 * The images of the cluster besides Longhaul's: the sandbox's, CoreDNS, and `localhost/apps:1`, a Debian with python3
 * and Node and the lab's servers and clients in /app.
 */

import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from '../../../esbuild.config.ts'
import { pathOf } from '../../cluster/binaries.ts'
import { program } from '../../lab/hosts/program.ts'
import { saveImage } from './save.ts'

const project = join(import.meta.dirname, '../../..')
const packages = ['coreutils', 'dash', 'iproute2', 'libatomic1', 'libstdc++6', 'python3']
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
  return layerOf(root)
}

/** Unpacked packages of this machine's release, without their scripts. Kept for the next time. */
async function debianLayer(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'longhaul/node-images')
  const key = createHash('sha256').update(packages.join()).digest('hex').slice(0, 16)
  const layer = join(cache, `debian-${key}.tar`)
  if (existsSync(layer)) return layer
  mkdirSync(cache, { recursive: true })
  const made = join(cache, `building-${process.pid}.tar`)
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
  await program(['mmdebstrap', '--quiet', '--variant=extract', `--include=${packages.join()}`, release, made])
  renameSync(made, layer)
  return layer
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
