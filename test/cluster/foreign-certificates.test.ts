/** Certificates that the administrator or cert-manager puts into a Secret, and renews there. */

import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { createAuthority, createLeaf, type KeyPair } from '../../src/admission/certificates.ts'
import { validityFrom } from '../../src/cluster/certificates/certificate-plan.ts'
import { injectAuthority, installDefinitions, issue } from './cert-manager.ts'
import type { Installation } from './installation.ts'
import { createNamespace, isMutated, probed, tryPod } from './pods.ts'
import { namespace, release, releaseOn } from './release.ts'
import { useControlPlane, useInstallation } from './suite.ts'
import { fingerprintOf, holdConnection, servedBy } from './tls-client.ts'
import { readBundles, readSecret, writeSecret } from './trust.ts'
import { startTrustProbe } from './trust-probe.ts'

const waiting = { timeout: 20_000, interval: 100 }
const validity = validityFrom(Date.now(), 86_400_000)
const [first, second, third] = await Promise.all([
  createAuthority('First company', validity),
  createAuthority('Second company', validity),
  createAuthority('Third company', validity),
])
const leafOf = (authority: KeyPair) => createLeaf(authority, [`${release}.${namespace}.svc`], validity)
const stranger = await leafOf(first)

describe('certificates of others', () => {
  const controlPlane = useControlPlane()

  const isAsked = async () => isMutated(await tryPod(controlPlane(), probed))
  const bundles = () => readBundles(controlPlane())

  /** What every replica shows. */
  const served = async ({ replicas }: Installation) => [
    ...new Set(await Promise.all(replicas.map(({ port }) => servedBy(port)))),
  ]

  describe('provided by the administrator', () => {
    const name = 'own-tls'
    const values = { certs: { mode: 'provided', secret: name } }

    const installation = useInstallation(controlPlane, stringify(values), async () => {
      await createNamespace(controlPlane(), namespace)
      await provide(await leafOf(first), first.cert)
    })

    const provide = ({ cert, key }: KeyPair, ca?: string) =>
      writeSecret(controlPlane(), name, {
        'tls.crt': cert,
        'tls.key': key,
        ...(ca === undefined ? {} : { 'ca.crt': ca }),
      })

    test('are served and published, and renewed while connections stay open', async () => {
      expect(await bundles()).toEqual([first.cert])
      const leaf = await leafOf(first)
      const held = await Promise.all(installation().replicas.map(({ port }) => holdConnection(port)))
      await provide(leaf, first.cert)
      await expect.poll(() => served(installation()), waiting).toEqual([fingerprintOf(leaf.cert)])
      expect(await Promise.all(held.map(connection => connection.ask()))).toEqual([404, 404])
      for (const connection of held) connection[Symbol.dispose]()
      expect(await isAsked()).toBe(true)
    })

    test.each([
      ['no certificate', { 'tls.crt': 'x' }, 'tls.crt is no certificate'],
      ['no key', { 'tls.key': '' }, 'tls.key is missing'],
      ["another certificate's key", { 'tls.key': stranger.key }, 'tls.key is not the key of tls.crt'],
    ])('stay as they were where the Secret holds %s', async (_, damage, fault) => {
      const failed = 'longhaul_certificate_actions_total{action="reconcile",result="failed"}'
      const count = await installation().metric(failed)
      const before = await served(installation())
      const sound = await readSecret(controlPlane(), name)
      await writeSecret(controlPlane(), name, { ...sound, ...damage })
      await expect.poll(() => installation().metric(failed), waiting).toBeGreaterThanOrEqual(count + 2)
      for (const replica of installation().replicas) {
        const problem = `Secret ${name} in ${namespace}: ${fault}`
        const line = expect.objectContaining({ action: 'reconcile', problem })
        await expect.poll(replica.log, waiting).toContainEqual(line)
      }
      expect(await served(installation())).toEqual(before)
      expect(await isAsked()).toBe(true)
      await writeSecret(controlPlane(), name, sound)
    })

    test('change their authority at once, and are trusted all the time', async () => {
      const probe = startTrustProbe(controlPlane(), installation())
      const leaf = await leafOf(second)
      await provide(leaf, second.cert)
      await expect.poll(() => served(installation()), waiting).toEqual([fingerprintOf(leaf.cert)])
      expect(await isAsked()).toBe(true)
      await probe.stop()
      expect(probe.count()).toBeGreaterThan(0)
      expect(probe.failures()).toEqual([])
      // Another replica may serve for a while what the old one has signed.
      expect(await bundles()).toEqual([second.cert + first.cert])
    })

    test("are trusted by the chart's bundle where the Secret has none", async () => {
      const leaf = await leafOf(third)
      const before = await bundles()
      await provide(leaf)
      await expect.poll(() => served(installation()), waiting).toEqual([fingerprintOf(leaf.cert)])
      expect(await bundles()).toEqual(before)
      const withBundle = stringify({ certs: { ...values.certs, caBundle: third.cert } })
      const { upgrade } = releaseOn(controlPlane())
      expect(() => upgrade(withBundle)).toThrow('conflict with "longhaul"')
      upgrade(withBundle, '--force-conflicts')
      expect(await bundles()).toEqual([third.cert])
      await expect.poll(isAsked, waiting).toBe(true)
    })
  })

  describe('issued by cert-manager', () => {
    const values = '{certs: {mode: cert-manager}}'

    const installation = useInstallation(controlPlane, values, async () => {
      await installDefinitions(controlPlane())
      releaseOn(controlPlane()).upgrade(values)
      await injectAuthority(controlPlane(), (await issue(controlPlane())).authority)
    })

    test('are served, and renewed', async () => {
      const { leaf, authority } = await issue(controlPlane())
      await expect.poll(() => served(installation()), waiting).toEqual([fingerprintOf(leaf.cert)])
      await injectAuthority(controlPlane(), authority)
      await expect.poll(isAsked, waiting).toBe(true)
    })

    test('keep the bundles that cert-manager wrote through an upgrade', async () => {
      const before = await bundles()
      releaseOn(controlPlane()).upgrade(`{certs: {mode: cert-manager}, replicas: 3}`)
      expect(await bundles()).toEqual(before)
      expect(await isAsked()).toBe(true)
    })
  })
})
