/** Shells, and kubectl, complete calls. */

import { spawnSync } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { invocationOf } from '../../src/cli/invocation.ts'
import { bundle, ended, folderWith, longhaul, runHere, startCommand } from './longhaul.ts'

const reply = async (...words: string[]) =>
  (await runHere(['complete', '--', ...words])).stdout.trimEnd().split('\n')

describe('what may stand next', () => {
  it.each([
    ['a command', ['han'], ['hangup\tend connections of workloads', ':4']],
    ['a kind of workload, whose name follows', ['connections', 'depl'], ['deployment/\ta workload', ':6']],
    ['the same after options', ['hangup', '--spread', '1m', '-y', 'sta'], ['statefulset/\ta workload', ':6']],
    ['the value of an option', ['connections', '-o', ''], ['table\t', 'wide\t', 'json\t', ':4']],
    ['the same in one word', ['connections', '--output=w'], ['--output=wide\t', ':4']],
    ['the same as bash splits it', ['connections', '--output', '=', 'w'], ['wide\t', ':4']],
    ['a file as the value', ['hangup', '--kubeconfig', 'a'], [':0']],
    ['files', ['preview', 'manifests/'], [':0']],
    ['nothing that is known', ['connections', '-n', ''], [':4']],
    ['nothing at all', ['version', ''], [':4']],
    ['no option behind two dashes', ['preview', '--', '-'], [':0']],
    ['a shell', ['completion', 'b'], ['bash\t', ':4']],
  ])('%s', async (_, words, lines) => {
    expect(await reply(...words)).toEqual(lines)
  })

  it('options by their description, and no hidden command', async () => {
    expect(await reply('connections', '--wi')).toEqual([
      '--without-keepalive\tonly those known to have no keepalive',
      ':4',
    ])
    expect((await reply('')).join()).not.toContain('complete\t')
  })
})

/** A folder with `longhaul` in it, and the same under the names that kubectl knows. */
async function programs(): Promise<string> {
  const folder = await folderWith({})
  const program = join(folder, 'longhaul.js')
  await mkdir(join(folder, 'bin'))
  await symlink(bundle, program)
  for (const name of ['longhaul', 'kubectl-longhaul', 'kubectl_complete-longhaul'])
    await symlink(bundle, join(folder, 'bin', name))
  return join(folder, 'bin')
}

const isHere = (shell: string) => spawnSync(shell, ['--version']).status === 0

async function shell(name: string, options: readonly string[], script: string): Promise<string[]> {
  const PATH = [await programs(), join(process.execPath, '..'), process.env['PATH']].join(':')
  const { stdout: source } = await longhaul(['completion', name])
  const folder = await folderWith({ completion: source })
  const child = startCommand(name, [...options, '-c', script, name, join(folder, 'completion')], {
    PATH,
    HOME: folder,
  })
  child.stdin.end()
  const { stdout, stderr } = await ended(child)
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n')
}

describe('bash', () => {
  const completing = (...words: string[]) =>
    `compopt() { echo "compopt $*"; }; . "$1"; . "$1"; COMP_WORDS=(longhaul ${words.join(' ')}); ` +
    `COMP_CWORD=${words.length}; _longhaul; printf '%s\n' "\${COMPREPLY[@]}"`

  it.each([
    [['han'], ['hangup']],
    [
      ['hangup', "'dep'"],
      ['compopt -o nospace', 'deployment/'],
    ],
    [['preview', "''"], ['compopt -o default']],
    [
      ['connections', '--output', '=', "''"],
      ['table', 'wide', 'json'],
    ],
  ])('completes %j', async (words, lines) => {
    expect(await shell('bash', ['--norc'], completing(...words))).toEqual(lines)
  })

  it('evaluates nothing of what has been typed', async () => {
    const typed = completing(`'$(touch "$HOME/harm")'`, "''")
    expect(await shell('bash', ['--norc'], `${typed}; ls "$HOME"`)).toEqual(['', 'completion'])
  })
})

describe('fish', () => {
  it.skipIf(!isHere('fish')).each([
    ['longhaul han', ['hangup\tend connections of workloads']],
    ['longhaul hangup dep', ['deployment/\ta workload']],
    ['longhaul connections -o ', ['json', 'table', 'wide']],
    ['longhaul version ', ['']],
    ['longhaul preview /etc/host', expect.arrayContaining(['/etc/hostname'])],
  ])('completes "%s"', async (typed, lines) => {
    expect(
      await shell('fish', ['--no-config'], `source $argv[2]; complete --do-complete '${typed}'`),
    ).toEqual(lines)
  })
})

describe('zsh', () => {
  // What only a line editor has stands as a word of its own.
  const completing = (...words: string[]) =>
    `compdef() { :; }; _files() { echo files; }; _describe() { print -l "\${(@P)2}" "\${@[3,-1]}"; }; . "$1"; ` +
    `words=(longhaul ${words.join(' ')}); CURRENT=${words.length + 1}; _longhaul`

  it.skipIf(!isHere('zsh')).each([
    [['han'], ['hangup:end connections of workloads']],
    [
      ['hangup', 'dep'],
      ['deployment/:a workload', '-S'],
    ],
    [['preview', "''"], ['files']],
  ])('completes %j', async (words, lines) => {
    expect(await shell('zsh', ['--no-rcs'], completing(...words))).toEqual(
      lines.slice(0, lines.at(-1) === '' ? -1 : undefined),
    )
  })
})

describe('as a plugin of kubectl', () => {
  it.each([
    ['/usr/bin/longhaul', { name: 'longhaul', args: ['a'] }],
    ['/opt/dist/longhaul.js', { name: 'longhaul', args: ['a'] }],
    ['/usr/bin/kubectl-longhaul', { name: 'kubectl longhaul', args: ['a'] }],
    ['kubectl_complete-longhaul', { name: 'kubectl longhaul', args: ['complete', '--', 'a'] }],
  ])('%s', (path, invocation) => {
    expect(invocationOf(path, ['a'])).toEqual(invocation)
  })

  it('shows its name in help, and completes', async () => {
    const folder = await programs()
    const run = async (name: string, ...args: string[]) => {
      const child = startCommand(process.execPath, [join(folder, name), ...args])
      child.stdin.end()
      return ended(child)
    }
    expect((await run('kubectl-longhaul', 'hangup', '--help')).stdout).toMatch(
      /^Usage: kubectl longhaul hangup /,
    )
    expect((await run('kubectl_complete-longhaul', 'conn')).stdout).toBe(
      'connections\tlist the connections of workloads\n:4\n',
    )
  })
})
