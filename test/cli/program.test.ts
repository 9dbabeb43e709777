/** The command line as a whole: help, version, calls that are wrong, colour, pipes. */

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { keyPrefix, keys } from '../../src/policy/settings.ts'
import { version } from '../../src/version.ts'
import { csi, folderWith, longhaul, noPseudoTerminal, onTerminal, runHere, shell, start } from './longhaul.ts'
import { deployment } from './manifests.ts'

describe('longhaul', () => {
  it('prints version and commit', async () => {
    const { status, stdout, stderr } = await longhaul(['version'])
    expect(stdout).toMatch(/^longhaul \d+\.\d+\.\d+ \([0-9a-f]{12}(-dirty)?\)\n$|unknown commit/)
    expect(stdout).toContain(`longhaul ${version} (`)
    expect([status, stderr]).toEqual([0, ''])
  })

  it("keeps what V8 has compiled in the user's own folder, where there is one", async () => {
    const folder = await folderWith({})
    expect(await longhaul(['version'], { env: { HOME: folder } })).toMatchObject({ status: 0, stderr: '' })
    expect(await readdir(join(folder, '.cache/longhaul'))).toEqual(['compiled'])
    const kept = await readdir(join(folder, '.cache/longhaul/compiled'), { recursive: true })
    expect(kept.length).toBeGreaterThan(1)
  })

  it('starts as well where nothing can be kept', async () => {
    const folder = await folderWith({ 'a-file': '' })
    const env = { HOME: join(folder, 'a-file'), TMPDIR: folder }
    expect(await longhaul(['version'], { env })).toMatchObject({ status: 0, stderr: '' })
    expect(await longhaul(['version'], { env: { TMPDIR: folder } })).toMatchObject({ status: 0, stderr: '' })
    expect(existsSync(join(folder, 'node-compile-cache'))).toBe(false)
  })

  it.each([
    ['--help'],
    ['serve', '--help'],
    ['agent', '--help'],
    ['preview', '--help'],
    ['version', '--help'],
    ['connections', '--help'],
    ['hangup', '--help'],
    ['completion', '--help'],
    ['help', 'preview'],
  ])('explains itself (%s %s)', async (...args) => {
    const { status, stdout, stderr } = await longhaul(args.filter(Boolean))
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: longhaul/)
  })

  it('lists its commands', async () => {
    const { stdout } = await runHere(['--help'])
    for (const command of ['serve', 'agent', 'preview', 'connections', 'hangup', 'completion', 'version'])
      expect(stdout).toMatch(new RegExp(`^ +${command} `, 'm'))
  })

  it("lists every setting in preview's help", async () => {
    const { stdout } = await runHere(['preview', '--help'])
    for (const key of keys) expect(stdout).toMatch(new RegExp(`^  ${keyPrefix}${key} `, 'm'))
  })

  it.each([
    [[], 'Usage: longhaul'],
    [['prevew'], "unknown command 'prevew'"],
    [['--nothing'], "unknown option '--nothing'"],
    [['preview', '--nothing'], "unknown option '--nothing'"],
    [['preview', '-o', 'xml', '-'], "'xml' is invalid"],
    [['preview', '--namespace-label', 'novalue', '-'], 'key=value'],
    [['preview', '--namespace-label', 'inject=true', '-'], 'longhaul.dev/inject=true'],
    [['preview', '--kubernetes-version', 'new', '-'], '1.30'],
    [['preview', '-f', 'a.yaml'], '-f is for --live'],
    [['preview', '--context', 'a', '-'], '--context is for --live'],
    [['preview', '--kubeconfig', 'a', '-'], '--kubeconfig is for --live'],
    [['preview', '--live'], 'name a workload, such as deployment/chat, or a file by -f'],
    [
      ['preview', '--live', '--kubernetes-version', '1.30', 'deploy/a'],
      "--kubernetes-version can't be used with --live",
    ],
    [
      ['preview', '--live', '--namespace-label', 'a=b', 'deploy/a'],
      "--namespace-label can't be used with --live",
    ],
    [['connections'], 'name a workload, such as deployment/chat, or labels by -l'],
    [['connections', 'chat'], '"chat" is no workload of the cluster; write deployment/NAME'],
    [['connections', 'service/chat'], 'service is no kind of workload'],
    [['connections', 'deploy', 'chat'], 'write deploy/chat'],
    [['connections', '-A'], 'name a workload'],
    [['connections', '-A', 'deploy/chat'], '-A goes with -l only'],
    [['connections', '-A', '-n', 'prod', '-l', 'app=chat'], "-n can't be used with -A"],
    [['connections', '-l', 'app=chat', 'deploy/chat'], 'not both'],
    [['connections', 'deploy/chat', '--to', 'redis:6379'], '"redis" is not an address'],
    [['connections', 'deploy/chat', '--to', '10.0.0.7:x'], '"x" is not a port'],
    [['connections', 'deploy/chat', '--idle-for', 'long'], 'Write a duration of at most 720h'],
    [['connections', 'deploy/chat', '-o', 'yaml'], "'yaml' is invalid"],
    [['hangup', 'deploy/chat'], 'name an address and a port, such as 10.0.0.7 6379'],
    [['hangup', 'deploy/chat', 'redis', '6379'], '"redis" is not an address'],
    [['hangup', '10.0.0.7', '6379'], 'name a workload'],
    [['hangup', 'deploy/chat', '10.0.0.7', '6379'], 'there is no terminal to ask on: --yes '],
    [['hangup', 'deploy/chat', '10.0.0.7', '6379', '--spread', '31d', '--yes'], 'Write a duration'],
    [['hangup', 'deploy/chat', '10.0.0.7', '6379', '--yes'], 'there is no kubeconfig'],
    [['completion', 'tcsh'], "'tcsh' is invalid"],
    [['version', 'now'], 'too many arguments'],
    [['serve', 'now'], 'too many arguments'],
    [['agent'], "required option '--node <name>' not specified"],
    [['serve'], 'there is no kubeconfig: name a file in the variable KUBECONFIG'],
    [['serve', '--tls-dir', 'x'], '--tls-dir goes with --standalone only'],
    [['serve', '--standalone', '--port', '70000'], 'from 0 to 65535'],
    [['serve', '--standalone', '--port', '-1'], 'from 0 to 65535'],
    [['serve', '--standalone', '--admin-port', '8o80'], 'from 0 to 65535'],
  ])('refuses the call %j with status 2', async (args, message) => {
    const { status, stdout, stderr } = await runHere(args, { stdin: '' })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it('refuses wrong calls as a process too', async () => {
    for (const args of [[], ['prevew'], ['serve'], ['preview', '-o', 'xml']]) {
      const { status, stdout, stderr } = await longhaul(args)
      expect([status, stdout]).toEqual([2, ''])
      expect(stderr).not.toBe('')
    }
  })

  it('names a fault of its own as that', async () => {
    const stdout = new Writable({
      write() {
        throw new Error('no paper')
      },
    })
    const { status, stderr } = await runHere(['version'], { stdout })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^longhaul: this is a fault of Longhaul, please report it: Error: no paper\n +at /)
  })
})

describe('colour', () => {
  const settings = ['longhaul.dev/keepalive-idle: 60x']

  describe.skipIf(noPseudoTerminal !== undefined)(
    `on a terminal (${noPseudoTerminal ?? 'by script'})`,
    () => {
      const preview = async (env: Record<string, string>) => {
        const folder = await folderWith({ 'a.yaml': deployment('chat', settings) })
        return onTerminal(['preview', join(folder, 'a.yaml')], { env })
      }

      it('is there', async () => {
        expect(await preview({})).toContain(`${csi}32m`)
      })

      it('is there where NO_COLOR is empty', async () => {
        expect(await preview({ NO_COLOR: '' })).toContain(`${csi}32m`)
      })

      it('is not there with NO_COLOR', async () => {
        expect(await preview({ NO_COLOR: '1' })).not.toContain(csi)
      })
    },
  )

  it.each([{}, { FORCE_COLOR: '1' }])('is not there in a pipe (%j)', async env => {
    const { stdout } = await longhaul(['preview', '-'], { stdin: deployment('chat'), env })
    expect(stdout).toContain('Deployment chat')
    expect(stdout).not.toContain(csi)
  })

  it('changes nothing else', async () => {
    const stdin = deployment('chat', settings)
    const plain = await runHere(['preview', '-'], { stdin })
    const coloured = await runHere(['preview', '-'], { stdin, isColoured: true })
    expect(coloured.stdout).not.toBe(plain.stdout)
    expect(coloured.stdout.replaceAll(new RegExp(`${csi.replace('[', '\\[')}\\d+m`, 'g'), '')).toBe(
      plain.stdout,
    )
  })
})

describe('pipes', () => {
  it('may come and go', async () => {
    const folder = await folderWith({ 'a.yaml': deployment('chat') })
    const { status, stdout, stderr } = await shell(
      `cat ${folder}/a.yaml | longhaul preview - -o summary | tail -n 1`,
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toBe('1 workloads: 1 mutated, 0 unchanged, 0 skipped\n')
  })

  it('carry whole outputs, however long', async () => {
    const stdin = Array.from({ length: 300 }, (_, index) => deployment(`chat-${index}`)).join('---\n')
    const { status, stdout } = await longhaul(['preview', '-', '-o', 'json'], { stdin })
    expect(status).toBe(0)
    expect(stdout.length).toBeGreaterThan(1_000_000)
    expect(JSON.parse(stdout)).toHaveLength(300)
  })

  it('may be closed by a reader that has seen enough', async () => {
    const manifests = Array.from({ length: 300 }, (_, index) => deployment(`chat-${index}`)).join('---\n')
    const folder = await folderWith({ 'a.yaml': manifests })
    const { status, stdout, stderr } = await shell(`longhaul preview ${folder}/a.yaml | head -n 1`)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Deployment chat-0 /)
  })

  it('may be closed where only messages go to them', async () => {
    const child = start(['preview', '/nowhere/to/be/found'])
    child.stderr.destroy()
    child.stdout.resume()
    child.stdin.end()
    const [status] = await once(child, 'close')
    expect(status).toBe(2)
  })

  it('are read where no path is named', async () => {
    const { status, stdout } = await longhaul(['preview', '-o', 'summary'], { stdin: deployment('chat') })
    expect(status).toBe(0)
    expect(stdout).toContain('1 mutated')
  })

  it('must be there, or a path', async () => {
    const { status, stderr } = await runHere(['preview'])
    expect([status, stderr]).toEqual([2, 'longhaul: name a file or a folder, or pipe manifests in\n'])
  })
})
