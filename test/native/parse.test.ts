/** The parsers that the applets share, called directly: through an applet a wrong millisecond would not be seen. */
import { expect, it, type TestContext } from 'vitest'
import { nativeFolder } from './build.ts'
import { compile } from './fixtures.ts'
import { run, temporaryFolder } from './programs.ts'

type Expected = Readonly<Record<string, number | bigint | 'wrong'>>

const sources = ['duration', 'number'].map(name => `${nativeFolder}/longhaul/text/${name}.c`)
const hourMs = 3_600_000

const expectParsed = async (
  ctx: TestContext,
  [kind, min, max]: readonly [string, bigint, bigint],
  expected: Expected,
): Promise<void> => {
  const parse = await compile(ctx, 'parse', temporaryFolder(), {
    flags: [`-I${nativeFolder}/longhaul`, ...sources],
  })
  const texts = Object.keys(expected)
  const { stdout } = await run([parse, kind, `${min}`, `${max}`, ...texts])
  const lines = stdout.trimEnd().split('\n')
  const found = Object.fromEntries(texts.map((text, index) => [text, lines[index]]))
  expect(found).toEqual(Object.fromEntries(texts.map(text => [text, `${expected[text]}`])))
}

it('reads durations', async ctx => {
  await expectParsed(ctx, ['duration', 0n, BigInt(24 * hourMs)], {
    '90s': 90_000,
    '2m': 120_000,
    '1h30m': 90 * 60_000,
    '1500ms': 1500,
    '1h1m1s1ms': hourMs + 61_001,
    '1m500ms': 60_500,
    '90': 90_000,
    '0': 0,
    '0s': 0,
    '1.5s': 1500,
    '1.5': 1500,
    '0.3s': 300,
    '0.5h': hourMs / 2,
    '0.0001s': 1,
    '0.2ms': 1,
    '0.000000001h': 1,
    '007s': 7000,
    '24h': 24 * hourMs,
  })
})

it('refuses what is no duration, or too long', async ctx => {
  const wrong = [
    '',
    's',
    'ms',
    '5x',
    '5S',
    '-5s',
    '+5s',
    ' 5s',
    '5s ',
    '5 s',
    '1h30',
    '30m1h',
    '5s5s',
    '5ms5s',
  ]
  const fractions = ['.5s', '5.s', '1.2.3s', '1,5s', '0.0000000001s', '1e3', '0x10', 'infs', 'nan']
  const long = ['24h1ms', '86401', '99999999999999999999s', `${'9'.repeat(400)}h`]
  const entries = [...wrong, ...fractions, ...long].map(text => [text, 'wrong'] as const)
  await expectParsed(ctx, ['duration', 0n, BigInt(24 * hourMs)], Object.fromEntries(entries))
})

it('reads whole numbers in a range, and nothing else', async ctx => {
  await expectParsed(ctx, ['integer', -1n, 65_535n], {
    '0': 0,
    '-1': -1,
    '65535': 65_535,
    '007': 7,
    '-2': 'wrong',
    '65536': 'wrong',
    '18446744073709551617': 'wrong',
    '': 'wrong',
    '-': 'wrong',
    '--1': 'wrong',
    '+1': 'wrong',
    ' 1': 'wrong',
    '1 ': 'wrong',
    '1.0': 'wrong',
    '0x1': 'wrong',
    '1e3': 'wrong',
  })
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n]
  await expectParsed(ctx, ['integer', least, most], {
    [`${least}`]: least,
    [`${most}`]: most,
    [`${most + 1n}`]: 'wrong',
  })
})
