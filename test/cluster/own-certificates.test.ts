/** Certificates that Longhaul makes itself, in a cluster where others damage what it relies on. */

import { setTimeout as delay } from 'node:timers/promises'
import { CoreV1Api } from '@kubernetes/client-node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../../src/admission/certificates.ts'
import { validityFrom } from '../../src/cluster/certificates/certificate-plan.ts'
import { startMutatingWebhook } from './mutating-webhook.ts'
import { isMutated, probed, tryPod } from './pods.ts'
import { namespace } from './release.ts'
import { launchReplica } from './replica.ts'
import { unbind } from './rights.ts'
import { useControlPlane, useInstallation } from './suite.ts'
import { fingerprintOf, servedBy } from './tls-client.ts'
import { readBundles, readSecret, writeBundles, writeSecret } from './trust.ts'

const waiting = { timeout: 20_000, interval: 100 }
const name = 'longhaul-tls'

describe("Longhaul's own certificates", () => {
  const controlPlane = useControlPlane()
  const installation = useInstallation(controlPlane)

  const secret = () => readSecret(controlPlane(), name)
  const bundles = () => readBundles(controlPlane())
  const isAsked = async () => isMutated(await tryPod(controlPlane(), probed))
  const deleteSecret = () =>
    controlPlane().admin.config.makeApiClient(CoreV1Api).deleteNamespacedSecret({ namespace, name })

  const actions = (action: string, result: 'done' | 'failed') =>
    installation().metric(`longhaul_certificate_actions_total{action="${action}",result="${result}"}`)

  /** Waits until a replica has logged such a line. */
  const logged = (line: Record<string, unknown>) =>
    expect
      .poll(() => installation().replicas.flatMap(replica => replica.log()), waiting)
      .toContainEqual(expect.objectContaining(line))

  test.each<[what: string, damage: () => Promise<unknown>]>([
    ['deleted', deleteSecret],
    ['emptied', () => writeSecret(controlPlane(), name, {})],
    [
      'garbled',
      async () => writeSecret(controlPlane(), name, { ...(await secret()), 'tls.crt': 'no certificate' }),
    ],
  ])('are restored where the Secret was %s', async (_, damage) => {
    const before = await secret()
    const restored = await actions('restore', 'done')
    await damage()
    await expect.poll(secret, waiting).toEqual(before)
    // One replica does it, and the other finds it done.
    await expect.poll(() => actions('restore', 'done'), waiting).toBe(restored + 1)
    await logged({ msg: 'certificates', action: 'restore', secret: name })
    expect(await isAsked()).toBe(true)
  })

  test.each<[what: string, pem: () => Promise<string | undefined>]>([
    ['emptied', async () => undefined],
    [
      "given someone else's",
      async () => (await createAuthority('Someone', validityFrom(Date.now(), 60_000))).cert,
    ],
  ])('are trusted again where the bundles of the configurations were %s', async (_, pem) => {
    const before = await bundles()
    expect(before).toEqual([(await secret())['ca.crt']])
    const repaired = await actions('repair-bundle', 'done')
    await writeBundles(controlPlane(), await pem())
    await expect.poll(bundles, waiting).toEqual(before)
    await expect.poll(() => actions('repair-bundle', 'done'), waiting).toBeGreaterThan(repaired)
    await logged({ msg: 'certificates', action: 'repair-bundle' })
    await expect.poll(isAsked, waiting).toBe(true)
  })

  test('are published as soon as the webhook may do so again', async () => {
    const before = await bundles()
    const failed = await actions('repair-bundle', 'failed')
    const bind = await unbind(controlPlane(), 'ClusterRoleBinding')
    await writeBundles(controlPlane(), undefined)
    await expect.poll(() => actions('repair-bundle', 'failed'), waiting).toBeGreaterThan(failed)
    expect(await bundles()).toEqual([''])
    await bind()
    await expect.poll(bundles, waiting).toEqual(before)
  })

  test('serve on while nobody lets the webhook see the Secret, and are restored afterwards', async () => {
    const before = await secret()
    const failed = await actions('reconcile', 'failed')
    const restored = await actions('restore', 'done')
    const bind = await unbind(controlPlane(), 'RoleBinding')
    await deleteSecret()
    await expect.poll(() => actions('reconcile', 'failed'), waiting).toBeGreaterThan(failed)
    await logged({ action: 'reconcile', problem: expect.stringContaining(`secrets "${name}" is forbidden`) })
    expect(await secret()).toEqual({})
    expect(await isAsked()).toBe(true)
    for (const { adminPort } of installation().replicas) {
      expect(await probe(adminPort, '/readyz')).toEqual([200, 'ok\n'])
    }
    await bind()
    await expect.poll(secret, waiting).toEqual(before)
    await expect.poll(() => actions('restore', 'done'), waiting).toBe(restored + 1)
  })

  test.each([
    ['certificate', 'RoleBinding', 'certificate_actions_total{action="reconcile",result="failed"}'],
    ['namespaces', 'ClusterRoleBinding', 'watch_restarts_total{resource="namespaces",reason="error"}'],
  ] as const)(
    'leave a new replica alive but not ready until it has the %s',
    async (awaited, kind, refused) => {
      const bind = await unbind(controlPlane(), kind)
      const { adminPort, metric, ready, end } = await launchReplica(controlPlane())
      onTestFinished(() => void end('SIGKILL'))
      await expect.poll(() => metric(`longhaul_${refused}`).catch(() => 0), waiting).toBeGreaterThan(0)
      expect(await probe(adminPort, '/livez')).toEqual([200, 'ok\n'])
      const waits = [503, `not ready: the webhook waits for the ${awaited}\n`]
      await expect.poll(() => probe(adminPort, '/readyz'), waiting).toEqual(waits)
      await bind()
      const { port } = await ready
      expect(await probe(adminPort, '/readyz')).toEqual([200, 'ok\n'])
      expect(await servedBy(port)).toBe(fingerprintOf((await secret())['tls.crt'] ?? ''))
    },
  )

  test('are not written all the time where somebody empties the Secret at once', async () => {
    const before = await secret()
    let writes = 0
    {
      await using _emptying = await startMutatingWebhook(controlPlane(), {
        name: 'emptying.example.com',
        label: 'kubernetes.io/metadata.name',
        rule: { resources: ['secrets'], operations: ['CREATE', 'UPDATE'] },
        patch: () => {
          writes++
          return [{ op: 'replace', path: '/data', value: {} }]
        },
      })
      // The API server learns of the webhook a moment later.
      const askedFor = async () => {
        await writeSecret(controlPlane(), name, {})
        return writes
      }
      await expect.poll(askedFor, waiting).toBeGreaterThan(0)
      const writesBefore = writes
      await delay(5000)
      // Two replicas, which wait twice as long each time: 0.25, 0.5, 1, 2, 4 s.
      expect(writes - writesBefore).toBeGreaterThan(0)
      expect(writes - writesBefore).toBeLessThan(20)
    }
    await logged({
      action: 'reconcile',
      problem: `Secret ${name}, which was just written: ca.crt is missing`,
    })
    await expect.poll(secret, waiting).toEqual(before)
  })

  test('are published ever more seldom where somebody else claims the bundles', async () => {
    const before = await bundles()
    let repairs = 0
    for (const endMs = performance.now() + 6000; performance.now() < endMs; await delay(50)) {
      if ((await bundles()).includes('')) continue
      await writeBundles(controlPlane(), undefined)
      repairs++
    }
    // Each replica waits twice as long each time: after half a second, 1.5, 3.5, 7.5.
    expect(repairs).toBeGreaterThan(1)
    expect(repairs).toBeLessThanOrEqual(9)
    await expect.poll(bundles, { ...waiting, timeout: 60_000 }).toEqual(before)
  }, 90_000)
})

async function probe(adminPort: number, path: string): Promise<[status: number, text: string]> {
  const response = await fetch(`http://127.0.0.1:${adminPort}${path}`)
  return [response.status, await response.text()]
}
