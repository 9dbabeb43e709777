/** What the agent makes of the words of `longhaul-node`, which runs here. */

import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, type TestContext } from 'vitest'
import { createNodeKeepalive } from '../../src/agent/keepalive/node-keepalive.ts'
import { folderWith } from '../cli/longhaul.ts'
import { nodeBinary } from '../native/build.ts'
import { makeCgroup } from '../native/cgroup.ts'
import { compile } from '../native/fixtures.ts'
import { isInstalled, run, temporaryFolder } from '../native/programs.ts'

const settings = 'idle=60,interval=10,probes=3,user_timeout=auto'
const exclusive = '0'

const keepalive = (binary = nodeBinary) => createNodeKeepalive({ binary, withExisting: false })

async function withoutRights(context: TestContext): Promise<string> {
  context.skip(!isInstalled('setpriv'), 'setpriv is not installed')
  const script = `#!/bin/sh\nexec setpriv --bounding-set=-bpf,-sys_admin --inh-caps=-all ${nodeBinary} "$@"\n`
  const binary = join(await folderWith({ 'longhaul-node': script }), 'longhaul-node')
  await chmod(binary, 0o755)
  return binary
}

it('attaches and detaches, without a note', async context => {
  const cgroup = makeCgroup(context)
  expect(await keepalive().attach(cgroup, settings)).toEqual([])
  await keepalive().detach(cgroup)
  expect(await run([nodeBinary, 'keepalive', 'show', cgroup])).toMatchObject({ status: 0, stdout: '' })
})

it.for<[string, string, (context: TestContext) => Promise<{ cgroup: string; binary?: string }>]>([
  ['no-cgroup', 'No such file or directory', async () => ({ cgroup: '/none' })],
  ['kernel', 'is not in a hierarchy of cgroups, version 2', async () => ({ cgroup: '/proc' })],
  ['other', 'ENOENT', async () => ({ cgroup: '/proc', binary: '/none/longhaul-node' })],
  [
    'rights',
    'Operation not permitted (needs CAP_BPF',
    async context => ({ cgroup: makeCgroup(context), binary: await withoutRights(context) }),
  ],
  [
    'other-program',
    'nothing attached: the program foreign',
    async context => {
      const cgroup = makeCgroup(context)
      const foreign = await compile(context, 'foreign_sock_ops', temporaryFolder())
      expect(await run([foreign, cgroup, exclusive])).toMatchObject({ status: 0 })
      return { cgroup }
    },
  ],
])('says why it can not be done: %s', async ([reason, text, prepare], context) => {
  const { cgroup, binary } = await prepare(context)
  await expect(keepalive(binary).attach(cgroup, settings)).rejects.toMatchObject({
    reason,
    message: expect.stringContaining(text),
  })
})
