/** What keeps a webhook's surroundings in order, inside this process, on a real API server. */

import { X509Certificate } from 'node:crypto'
import { CoreV1Api, type V1Secret, VersionApi } from '@kubernetes/client-node'
import pino from 'pino'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAuthority, createLeaf, type KeyPair } from '../../src/admission/certificates.ts'
import { createMetrics, type Metrics } from '../../src/admission/metrics.ts'
import type { Surroundings } from '../../src/admission/surroundings.ts'
import { openCluster } from '../../src/cli/in-cluster.ts'
import { inputWatcher } from '../../src/cli/input-watcher.ts'
import { validityFrom } from '../../src/cluster/certificates/certificate-plan.ts'
import { readBundle, type TlsBundle } from '../../src/cluster/certificates/tls-bundle.ts'
import { readPublished } from '../../src/cluster/certificates/webhook-configurations.ts'
import { createClusterClient } from '../../src/cluster/client/client.ts'
import { clusterSurroundings } from '../../src/cluster/surroundings.ts'
import { type Certificates, defaultConfig } from '../../src/policy/config.ts'
import { parseKubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release, releaseOn } from './release.ts'
import { useControlPlane } from './suite.ts'
import { writeBundles } from './trust.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const patience = { timeout: 15_000 }
const secret = { namespace, name: 'longhaul-tls' }

describe('the surroundings of a webhook', () => {
  const controlPlane = useControlPlane()
  let core: CoreV1Api
  let accountFile: string

  beforeAll(async () => {
    if (missing !== undefined) return
    core = controlPlane().admin.config.makeApiClient(CoreV1Api)
    releaseOn(controlPlane()).upgrade()
    accountFile = (await controlPlane().serviceAccount(namespace, release)).file
  }, 120_000)

  interface Started {
    surroundings: Surroundings
    /** The certificates in the order in which they were to be served. */
    served: KeyPair[]
    metrics: Metrics
    log: string[]
  }

  function start(certs: Partial<Certificates> = {}): Started {
    const log: string[] = []
    const metrics = createMetrics()
    const client = createClusterClient({ file: accountFile })
    const config = { cluster: defaultConfig.cluster, certs: { ...defaultConfig.certs, ...certs } }
    const logger = pino({ base: null }, { write: (line: string) => void log.push(line) })
    const surroundings = clusterSurroundings(client, config, logger, metrics)
    onTestFinished(surroundings.close)
    const served: KeyPair[] = []
    surroundings.onCertificate(certificate => served.push(certificate))
    return { surroundings, served, metrics, log }
  }

  /** What kubectl prints. */
  async function run(args: readonly string[], input = ''): Promise<string> {
    const { status, stdout, stderr } = await kubectl(controlPlane().admin, args, input)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    return stdout
  }

  const readSecret = (): Promise<V1Secret> => core.readNamespacedSecret(secret)

  async function bundleNow(): Promise<TlsBundle> {
    const read = readBundle((await readSecret()).data)
    if ('fault' in read) throw new Error(read.fault)
    return read.bundle
  }

  const published = async () => {
    const { registration } = createClusterClient({ file: controlPlane().admin.file })
    return (await readPublished(registration, release)) ?? []
  }

  test('hold a certificate that several replicas agree on, and put back what was lost', async () => {
    const replicas = [start(), start(), start()]
    const [one, ...others] = await Promise.all(replicas.map(({ surroundings }) => surroundings.ready))
    for (const other of others) expect(other).toEqual(one)
    const { authority } = await bundleNow()
    expect(await published()).toEqual([authority.cert])
    const { data } = await readSecret()

    await core.deleteNamespacedSecret(secret)
    await expect.poll(() => readSecret().catch(() => undefined), patience).toMatchObject({ data })

    const garbled = { ...(await readSecret()), data: { ...data, 'tls.key': 'AAAA' } }
    await core.replaceNamespacedSecret({ ...secret, body: garbled })
    await expect.poll(readSecret, patience).toMatchObject({ data })

    const empty = '[{"op": "remove", "path": "/webhooks/1/clientConfig/caBundle"}]'
    const patched = ['patch', 'mutatingwebhookconfiguration', release, '--type=json', '--patch', empty]
    await run(patched)
    const read = [
      'get',
      'mutatingwebhookconfiguration',
      release,
      '--output=jsonpath={.webhooks[1].clientConfig.caBundle}',
    ]
    await expect.poll(() => run(read), patience).toBe(data?.['ca.crt'])

    // Counted once the answer to the last of several writes is there, which is after others can see the first.
    const counted = async () => (await Promise.all(replicas.map(({ metrics }) => metrics.text()))).join('')
    for (const action of ['restore', 'repair-bundle']) {
      const done = new RegExp(`longhaul_certificate_actions_total{action="${action}",result="done"} [1-9]`)
      await expect.poll(counted, patience).toMatch(done)
    }
    for (const { served, log } of replicas) {
      expect(served).toEqual([one])
      expect(log.join(''), 'nothing secret in the log').not.toMatch(/BEGIN|AAAA/)
    }
  })

  test('bring in a new leaf, and a new authority that is trusted before anything is signed by it', async () => {
    const lifetimes = { leafLifetimeMs: 4000, caLifetimeMs: 12_000 }
    await core.replaceNamespacedSecret({ ...secret, body: { ...(await readSecret()), data: {} } })
    const { surroundings, metrics } = start(lifetimes)
    const first = await surroundings.ready
    const untrusted: string[] = []
    surroundings.onCertificate(async ({ cert }) => {
      const leaf = new X509Certificate(cert)
      const authorities = (await published()).map(each => new X509Certificate(each))
      if (!authorities.some(({ publicKey }) => leaf.verify(publicKey))) untrusted.push(cert)
    })
    const { authority } = await bundleNow()
    await expect.poll(bundleNow, patience).not.toMatchObject({ leaf: first })
    await expect.poll(bundleNow, patience).toHaveProperty('next')
    const { next } = await bundleNow()
    await expect.poll(published, patience).toContain(next?.cert)
    await expect.poll(bundleNow, patience).toMatchObject({ authority: next, previous: authority.cert })
    await expect.poll(bundleNow, patience).not.toHaveProperty('previous')
    await expect.poll(published, patience).not.toContain(authority.cert)
    expect(untrusted).toEqual([])
    for (const action of ['renew-leaf', 'announce-authority', 'switch-authority', 'drop-previous']) {
      const done = new RegExp(`action="${action}",result="done"} [1-9]`)
      await expect.poll(() => metrics.text(), patience).toMatch(done)
    }
  }, 60_000)

  test('give those who still serve time to restore a Secret, and trust their authority beside a new one', async () => {
    const [old] = await published()
    await core.deleteNamespacedSecret(secret)
    await start().surroundings.ready
    const { authority, previous } = await bundleNow()
    expect(authority.cert).not.toBe(old)
    expect(previous).toBe(old)
    expect(new Set(await published())).toEqual(new Set([authority.cert, old]))
  })

  test('go on with the certificate they have while they lack rights, and say so', async () => {
    const { surroundings, metrics, log, served } = start()
    await surroundings.ready
    const binding = ['rolebinding', release, `--namespace=${namespace}`]
    const kept = await run(['get', ...binding, '--output=json'])
    await run(['delete', ...binding])
    await run(['annotate', 'secret', secret.name, `--namespace=${namespace}`, 'example.com/touched=true'])
    const counted = async () => (await metrics.text()).match(/action="reconcile",result="failed"} (\d+)/)?.[1]
    await expect.poll(counted, { timeout: 40_000 }).toBeDefined()
    expect(log.join('')).toContain('cannot get resource')
    await run(['create', '--filename=-'], withoutVersion(kept))
    const before = await bundleNow()
    await core.deleteNamespacedSecret(secret)
    await expect.poll(() => bundleNow().catch(() => undefined), { timeout: 40_000 }).toEqual(before)
    expect(served).toHaveLength(1)
  }, 90_000)

  test('take a certificate of the user, publish its authority, and keep to it while the next is broken', async () => {
    const provided = { namespace, name: 'mine' }
    const validity = validityFrom(Date.now(), 3_600_000)
    const authority = await createAuthority('mine', validity)
    const host = `${release}.${namespace}.svc`
    const dataOf = async (...hosts: [string, ...string[]]) => {
      const leaf = await createLeaf(authority, hosts, validity)
      return encoded({ 'tls.crt': leaf.cert, 'tls.key': leaf.key, 'ca.crt': authority.cert })
    }
    const data = await dataOf(host)
    const grant = ['--namespace', namespace, 'create', 'role', 'mine', '--verb=get,list,watch']
    await run([...grant, '--resource=secrets', '--resource-name=mine'])
    const account = `--serviceaccount=${namespace}:${release}`
    await run(['--namespace', namespace, 'create', 'rolebinding', 'mine', '--role=mine', account])

    const { surroundings, served, log } = start({ mode: 'provided', secret: 'mine' })
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: 'mine' }, data } })
    expect((await surroundings.ready).cert).toBe(decoded(data['tls.crt']))
    await expect.poll(published, patience).toContain(authority.cert)

    const put = async (changed: Record<string, string>) => {
      const { metadata } = await core.readNamespacedSecret(provided)
      await core.replaceNamespacedSecret({ ...provided, body: { metadata: metadata ?? {}, data: changed } })
    }
    await put({ ...data, 'tls.crt': 'AAAA' })
    await expect
      .poll(() => log.join(''), patience)
      .toContain('Secret mine in longhaul-system: tls.crt is no certificate')
    await put(await dataOf('elsewhere.svc'))
    await expect.poll(() => log.join(''), patience).toContain(`tls.crt is not for ${host}`)
    const renewed = await dataOf(host)
    await put(renewed)
    await expect.poll(() => served.at(-1)?.cert, patience).toBe(decoded(renewed['tls.crt']))
    expect(served).toHaveLength(2)

    const { 'ca.crt': _, ...bare } = renewed
    await put(bare)
    await writeBundles(controlPlane(), undefined)
    await expect.poll(() => log.join(''), patience).toContain('has no ca.crt, and there is no caBundle')
  }, 60_000)

  test("go with the API server's version, and leave out the webhook's own namespace", async () => {
    vi.stubEnv('KUBECONFIG', accountFile)
    onTestFinished(() => void vi.unstubAllEnvs())
    const metrics = createMetrics()
    const log = pino({ enabled: false })
    const options = { configFile: undefined, watch: inputWatcher(log, metrics), log, metrics }
    const { config, surroundings } = await openCluster(options, new AbortController().signal)
    onTestFinished(surroundings.close)
    const { gitVersion } = await controlPlane().admin.config.makeApiClient(VersionApi).getCode()
    const { kubernetesVersion, excludedNamespaces } = config.current()
    expect(kubernetesVersion).toEqual(parseKubernetesVersion(gitVersion))
    expect(excludedNamespaces).toEqual(new Set(['kube-system', namespace]))
  })

  test("know a namespace's labels right after it was made, and as they are now", async () => {
    const { surroundings } = start()
    await surroundings.ready
    const labels = { 'longhaul.dev/inject': 'true', team: 'one' }
    await core.createNamespace({ body: { metadata: { name: 'young', labels } } })
    expect(await surroundings.namespaceLabels('young')).toEqual({ 'longhaul.dev/inject': 'true' })
    expect(await surroundings.namespaceLabels('nowhere')).toEqual({})
    await run(['label', 'namespace', 'young', '--overwrite', 'longhaul.dev/inject=false'])
    const now = async () => surroundings.namespaceLabels('young')
    await expect.poll(now, patience).toEqual({ 'longhaul.dev/inject': 'false' })
    await core.deleteNamespace({ name: 'young' })
    await expect.poll(now, patience).toEqual({})
  })

  test('leave a Secret deleted where nobody calls the webhook any more, as after an uninstall', async () => {
    const { surroundings, log } = start()
    await surroundings.ready
    const kinds = 'mutatingwebhookconfiguration,validatingwebhookconfiguration'
    await run(['delete', kinds, release])
    await core.deleteNamespacedSecret(secret)
    await expect.poll(() => log.join(''), patience).toContain('Secret longhaul-tls is gone, as the webhook')
    await expect(readSecret()).rejects.toMatchObject({ code: 404 })
  })

  test('go on from the cache while the API server is away', async () => {
    releaseOn(controlPlane()).upgrade()
    const { surroundings, metrics } = start()
    await surroundings.ready
    await controlPlane().restartApiServer()
    expect(surroundings.namespaceLabels('default')).toEqual({})
    await core.createNamespace({
      body: { metadata: { name: 'after', labels: { 'longhaul.dev/inject': 'true' } } },
    })
    await expect
      .poll(() => surroundings.namespaceLabels('after'), patience)
      .toEqual({ 'longhaul.dev/inject': 'true' })
    await expect
      .poll(() => metrics.text(), patience)
      .toMatch(/longhaul_watch_restarts_total{resource="namespaces".*} [1-9]/)
  }, 120_000)
})

function encoded(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
  )
}

function decoded(base64: string | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString()
}

function withoutVersion(json: string): string {
  const object = JSON.parse(json) as { metadata: Record<string, unknown> }
  const { resourceVersion: _, uid: __, ...metadata } = object.metadata
  return JSON.stringify({ ...object, metadata })
}
