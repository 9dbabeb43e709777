/** What the two files are made of: anything more than this would not load everywhere, or not safely. */
import { statSync } from 'node:fs'
import { describe, expect, it, type TestContext, vi } from 'vitest'
import { binary, library, neededBy, nodeBinary, sanitized } from './build.ts'
import { makeLibrary } from './fixtures.ts'
import { run, temporaryFolder } from './programs.ts'

vi.setConfig({ testTimeout: 60_000 })

const libraryLimitBytes = 20 * 1024
const muslBinaryLimitBytes = 200 * 1024
/** glibc's own code makes the most of it. */
const glibcBinaryLimitBytes = 1024 * 1024

const readelf = async (...parameters: readonly string[]): Promise<string> => {
  const { status, stdout } = await run(['readelf', '--wide', ...parameters])
  expect(status).toBe(0)
  return stdout
}

const segments = async (elf: string): Promise<{ type: string; flags: string; alignment: number }[]> =>
  (await readelf('--segments', elf)).split('\n').flatMap(line => {
    const match = /^ +([A-Z_]+) +(?:0x\w+ +){5}([RWE ]{3}) (0x\w+)/.exec(line)
    const [, type = '', flags = '', alignment = ''] = match ?? []
    return match ? [{ type, flags: flags.replaceAll(' ', ''), alignment: Number(alignment) }] : []
  })

const dynamicSymbols = async (elf: string): Promise<string[]> => {
  const { stdout } = await run(['nm', '--dynamic', '--with-symbol-versions', elf])
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.trim().replace(/^[0-9a-f]{16} /, ''))
}

describe.each([{ machine: 'this machine' }, { machine: 'arm64' }])(
  'libkeepalive.so for $machine',
  ({ machine }) => {
    const file = async (ctx: TestContext): Promise<string> => {
      if (machine === 'arm64') return makeLibrary(ctx, temporaryFolder(), { CC: 'aarch64-linux-gnu-gcc' })
      ctx.skip(sanitized, 'a sanitizer brings its runtime along')
      return library
    }

    it('needs no other library', async ctx => {
      expect(neededBy(await file(ctx))).toEqual([])
    })

    it('exports socket and setsockopt, and has only weak, unversioned symbols besides', async ctx => {
      const symbols = [
        'T socket',
        'T setsockopt',
        'w __errno_location',
        'w _r_debug',
        'w dlsym',
        'w environ',
        'w getauxval',
      ]
      expect((await dynamicSymbols(await file(ctx))).sort()).toEqual(symbols.sort())
    })

    it('has no executable stack and no segment that is both writable and executable', async ctx => {
      const found = await segments(await file(ctx))
      expect(found.filter(({ type }) => type === 'GNU_STACK')).toMatchObject([{ flags: 'RW' }])
      expect(found.filter(({ flags }) => flags.includes('W') && flags.includes('E'))).toEqual([])
    })

    it('is relocated before it runs, and read-only from then on', async ctx => {
      const elf = await file(ctx)
      expect(await readelf('--dynamic', elf)).toMatch(/BIND_NOW/)
      expect((await segments(elf)).map(({ type }) => type)).toContain('GNU_RELRO')
    })

    it('can be mapped where pages are 64 KiB', async ctx => {
      const loaded = (await segments(await file(ctx))).filter(({ type }) => type === 'LOAD')
      expect(loaded.map(({ alignment }) => alignment)).toEqual([0x10000, 0x10000])
    })

    it('is at most 20 KB, stripped', async ctx => {
      const elf = await file(ctx)
      expect(statSync(elf).size).toBeLessThanOrEqual(libraryLimitBytes)
      expect(await readelf('--sections', elf)).not.toMatch(/\.symtab|\.debug/)
    })
  },
)

describe.each([
  { name: 'longhaul', file: binary, anApplet: 'install' },
  { name: 'longhaul-node', file: nodeBinary, anApplet: 'keepalive' },
])('$name', ({ name, file, anApplet }) => {
  it('is static, without an executable stack', async ctx => {
    ctx.skip(sanitized, 'a sanitizer brings its runtime along')
    const found = await segments(file)
    expect(neededBy(file)).toEqual([])
    expect(found.map(({ type }) => type)).not.toContain('INTERP')
    expect(found.filter(({ type }) => type === 'GNU_STACK')).toMatchObject([{ flags: 'RW' }])
  })

  it('is small', async ctx => {
    ctx.skip(sanitized, 'a sanitizer adds its checks')
    const { stdout } = await run(['strings', file])
    const isGlibc = /GLIBC|GNU C Library/.test(stdout)
    expect(statSync(file).size).toBeLessThanOrEqual(isGlibc ? glibcBinaryLimitBytes : muslBinaryLimitBytes)
    expect(await readelf('--sections', file)).not.toMatch(/\.symtab|\.debug/)
  })

  it('prints the version of package.json', async () => {
    const { version } = await import('../../package.json', { with: { type: 'json' } }).then(
      ({ default: content }) => content,
    )
    expect(await run([file, '--version'])).toEqual({
      status: 0,
      stdout: `${name} ${version}\n`,
      stderr: '',
    })
  })

  it('lists its applets, and each tells its options', async () => {
    const { status, stdout } = await run([file, '--help'])
    const applets = [...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, applet = '']) => applet)
    expect(status).toBe(0)
    expect(applets).toContain(anApplet)
    for (const applet of applets) {
      const help = await run([file, applet, '--help'])
      expect(help).toMatchObject({ status: 0, stderr: '' })
      expect(help.stdout).toMatch(new RegExp(`^Usage: ${name} ${applet} `))
    }
  })

  it.each([[[]], [['no-such-applet']], [['--no-such-option']], [['--version', 'more']]])(
    'exits 2 and shows its usage when called with %j',
    async parameters => {
      const { status, stdout, stderr } = await run([file, ...parameters])
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain(`Usage: ${name} APPLET`)
    },
  )
})
