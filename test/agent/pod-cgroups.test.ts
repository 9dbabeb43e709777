import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cgroupUidOf, findPodCgroups } from '../../src/agent/keepalive/pod-cgroups.ts'
import { folderWith } from '../cli/longhaul.ts'

const one = '0a1b2c3d-1111-2222-3333-444455556666'
const other = '0a1b2c3d-1111-2222-3333-444455557777'

it.each([
  ['cgroupfs', `kubepods/burstable/pod${one}`],
  ['cgroupfs, guaranteed', `kubepods/pod${one}`],
  ['systemd', `kubepods.slice/kubepods-pod${one.replaceAll('-', '_')}.slice`],
  [
    'systemd, besteffort, as kind nests it',
    `kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${one.replaceAll('-', '_')}.slice`,
  ],
])('are found by UID with the driver %s', async (_, folder) => {
  const root = await folderWith({})
  await mkdir(join(root, folder, 'container'), { recursive: true })
  await mkdir(join(root, 'kubepods', `pod${other}`), { recursive: true })
  await mkdir(join(root, 'system.slice', 'podman.service'), { recursive: true })
  expect(await findPodCgroups(root)).toEqual(
    new Map([
      [one, join(root, folder)],
      [other, join(root, 'kubepods', `pod${other}`)],
    ]),
  )
})

it('are found of static pods, whose mirrors have another UID', async () => {
  const root = await folderWith({})
  const hash = '0123456789abcdef0123456789abcdef'
  const folders = [
    `kubepods/pod${hash}`,
    `kubepods.slice/kubepods-burstable-pod${hash.replace('0', 'f')}.slice`,
  ]
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true })
  const cgroups = await findPodCgroups(root)
  const mirror = { metadata: { uid: one, annotations: { 'kubernetes.io/config.hash': hash } } }
  expect(cgroups.get(cgroupUidOf(mirror) ?? '')).toBe(join(root, folders[0] ?? ''))
  expect(cgroups.size).toBe(2)
})

it('are none where nothing is mounted', async () => {
  expect(await findPodCgroups('/nosuch')).toEqual(new Map())
})
