/** The bytecode of the filter, byte by byte: the kernel takes padding of any content, so that no dump would show it. */
import { expect, it } from 'vitest'
import { nativeFolder } from './build.ts'
import { compile } from './fixtures.ts'
import { run, temporaryFolder } from './programs.ts'

const sources = ['sockets/filter', 'sockets/endpoint', 'text/number'].map(
  name => `${nativeFolder}/longhaul/${name}.c`,
)

it('holds nothing that was not put there', async ctx => {
  const filter = await compile(ctx, 'filter', temporaryFolder(), {
    flags: [`-I${nativeFolder}/longhaul`, ...sources],
  })
  const { stdout } = await run([filter, '10.0.0.7'])
  // INET_DIAG_BC_D_COND, 16 bytes on if it holds, 20 if not; AF_INET, 32 bits, padding; any port; the address.
  expect(stdout).toBe(`${['08101400', '02200000', 'ffffffff', '0a000007'].join('')}\n`)
})
