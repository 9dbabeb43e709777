/** The webhook and the applets, run from the root file systems of their images. */

import { once } from 'node:events'
import {
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { chatPod, patched, podRequest, responseOf, review } from '../admission/reviews.ts'
import { send } from '../admission/webhook.ts'
import { isInstalled } from '../native/programs.ts'
import {
  type Architecture,
  architectureHere,
  architectures,
  imageFor,
  missingForImages,
  rootOf,
  temporaryFolder,
  unpackedArchive,
} from './built.ts'
import { type Container, runContainer, startContainer, user } from './container.ts'

vi.setConfig({ testTimeout: 60_000 })

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const emulators: Record<Architecture, string> = { amd64: 'qemu-x86_64-static', arm64: 'qemu-aarch64-static' }
const missing = missingForImages()
const serveOptions = ['--port=0', '--admin-port=0', '--config=/data/config.yaml', '--tls-dir=/data/tls']
/** What the kernel says of a process that a pod under `restricted` may have. */
const restricted = new RegExp(`^Uid:\\t${user}\\t[^]*^CapEff:\\t0+$[^]*^NoNewPrivs:\\t1$`, 'm')

describe.skipIf(missing !== undefined).each(architectures)(
  `containers for %s (${missing ?? 'as a node runs them'})`,
  architecture => {
    const isForeign = architecture !== architectureHere
    const emulator = emulators[architecture]
    const noEmulator = isForeign && !isInstalled(emulator) ? `${emulator} is not installed` : undefined

    /** A root, and what a command in it has to begin with on this processor. */
    function prepare(name: 'longhaul' | 'longhaul-init') {
      const image = imageFor(architecture, unpackedArchive(name))
      const root = rootOf(image)
      if (isForeign) copyFileSync(`/usr/bin/${emulator}`, join(root, 'emulator'))
      const prefix = isForeign ? ['/emulator'] : []
      return { root, prefix, entrypoint: [...prefix, ...image.config.Entrypoint] }
    }

    it('say their versions', async ctx => {
      ctx.skip(noEmulator !== undefined, noEmulator)
      const { root, prefix, entrypoint } = prepare('longhaul')
      const volume = volumeWith({})
      const ofBundle = await runContainer(root, volume, [...entrypoint, 'version'])
      expect(ofBundle.log).toMatch(new RegExp(`^longhaul ${version} \\([0-9a-f]{12}(-dirty)?\\)\n$`))
      expect(ofBundle.status).toBe(0)
      const ofApplets = await runContainer(root, volume, [...prefix, '/longhaul', '--version'])
      expect(ofApplets).toEqual({ status: 0, log: `longhaul ${version}\n` })
    })

    it('install the files of a pod', async ctx => {
      ctx.skip(noEmulator !== undefined, noEmulator)
      const { root, entrypoint } = prepare('longhaul-init')
      const volume = volumeWith({})
      const outcome = await runContainer(root, volume, [...entrypoint, 'install', '/data'])
      expect(outcome).toEqual({ status: 0, log: '' })
      expect(readdirSync(volume).sort()).toEqual(['libkeepalive.so', 'longhaul'])
      expect(statSync(join(volume, 'longhaul'))).toMatchObject({ uid: user, gid: user })
    })

    it('answer the API server, drain in a hook and end on SIGTERM', async ctx => {
      ctx.skip(noEmulator !== undefined, noEmulator)
      const { root, prefix, entrypoint } = prepare('longhaul')
      const volume = volumeWith({ 'config.yaml': 'shutdown: { settle: 1s, timeout: 3s }\n' })
      const command = [...entrypoint, 'serve', '--standalone', ...serveOptions]
      const container = await startContainer(root, volume, command)
      const { port, adminPort } = await portsOf(container)
      expect(readFileSync(`/proc/${container.pid}/status`, 'utf8')).toMatch(restricted)
      expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200)

      const agent = new Agent({ keepAlive: true, ca: readFileSync(join(volume, 'tls/ca.crt')) })
      onTestFinished(() => agent.destroy())
      const answer = await send({ port, agent }, review(podRequest(chatPod)))
      expect(patched(chatPod, responseOf(answer)).spec).toMatchObject({
        initContainers: [{ image: `ghcr.io/longhaul-dev/longhaul-init:${version}` }],
      })

      const hook = [...prefix, '/longhaul', 'drain', `--port=${port}`, '--sleep=0s', '--timeout=1s']
      expect(await container.exec(...hook)).toEqual({ status: 0, stdout: '', stderr: '' })
      // QEMU's emulation of processes knows no sock_diag. The client is on loopback: within the pod, as drain sees it.
      const drained = isForeign ? "can't list connections" : `no connections on port ${port}`
      expect(container.log()).toContain(`longhaul: drain: ${drained}`)

      const closed = once(container.process, 'close')
      process.kill(container.pid, 'SIGTERM')
      expect(await closed).toEqual([0, null])
    })
  },
)

/** The ports of a webhook, as soon as it listens: an emulated one takes its time. */
function portsOf({ log }: Container): Promise<{ port: number; adminPort: number }> {
  const listening = /^.*"msg":"listening".*$/m
  return vi.waitFor(() => JSON.parse(listening.exec(log())?.[0] ?? ''), { timeout: 30_000, interval: 50 })
}

/** A folder of the container's user, with files in it. */
function volumeWith(files: Record<string, string>): string {
  const volume = join(temporaryFolder(), 'volume')
  mkdirSync(volume)
  chownSync(volume, user, user)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(volume, name), content)
  return volume
}
