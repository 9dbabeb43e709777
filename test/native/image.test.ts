/** The init image as a container gets it, built without a registry: it is FROM scratch. */
import { chmodSync, cpSync, readdirSync, statSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { nativeFolder } from './build.ts'
import { isInstalled, run, temporaryFolder } from './programs.ts'

vi.setConfig({ testTimeout: 120_000 })

const machines = [
  { architecture: 'amd64', compiler: 'x86_64-linux-gnu-gcc' },
  { architecture: 'arm64', compiler: 'aarch64-linux-gnu-gcc' },
]
const architectureHere = process.arch === 'x64' ? 'amd64' : process.arch

it.for(machines)('the init image for $architecture', async ({ architecture, compiler }, ctx) => {
  for (const program of ['buildah', compiler]) ctx.skip(!isInstalled(program), `${program} is not installed`)
  ctx.skip(process.getuid?.() !== 0, 'buildah without root needs ranges of user ids')
  const context = temporaryFolder()
  const storage = temporaryFolder()
  const buildah = async (...parameters: readonly string[]): Promise<string> => {
    const folders = [`--root=${storage}/root`, `--runroot=${storage}/run`, '--storage-driver=vfs'] as const
    const { status, stdout, stderr } = await run(['buildah', ...folders, ...parameters])
    if (status !== 0) throw new Error(stderr)
    return stdout
  }

  for (const file of ['Dockerfile', '.dockerignore'])
    cpSync(`${nativeFolder}/../${file}`, `${context}/${file}`)
  await run(['make', '-C', nativeFolder, `CC=${compiler}`, `BUILD=${context}/native/build/${architecture}`])
  const build = ['build', '--isolation=chroot', '--target=init', `--platform=linux/${architecture}`] as const
  await buildah(...build, '--tag=init', context)
  const image: unknown = JSON.parse(await buildah('inspect', '--type=image', 'init'))
  expect(image).toMatchObject({
    OCIv1: { architecture, config: { User: '65532:65532', Entrypoint: ['/longhaul'] } },
  })

  if (architecture !== architectureHere) return
  const volume = temporaryFolder()
  chmodSync(volume, 0o777)
  const container = (await buildah('from', 'init')).trim()
  const mount = `--volume=${volume}:/opt/longhaul`
  await buildah('run', '--isolation=chroot', mount, container, '--', '/longhaul', 'install', '/opt/longhaul')
  expect(readdirSync(volume).sort()).toEqual(['libkeepalive.so', 'longhaul'])
  expect(statSync(`${volume}/longhaul`)).toMatchObject({ uid: 65_532, gid: 65_532 })
})
