/** `longhaul preview --live` against a real API server. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node'
import jsonPatch from 'fast-json-patch'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { csi, folderWith, longhaul, type Result, runHere } from '../cli/longhaul.ts'
import { deployment, service } from '../cli/manifests.ts'
import { missingForControlPlane } from './binaries.ts'
import type { Identity } from './identity.ts'
import { type InstalledWebhook, installWebhook } from './installed-webhook.ts'
import { kubectl } from './kubectl.ts'
import { resourceVersions } from './objects.ts'
import { startSidecarWebhook } from './sidecar-webhook.ts'
import { useControlPlane } from './suite.ts'
import { everyKind } from './workloads.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const startTimeoutMs = 120_000
const waiting = { timeout: 10_000, interval: 100 }
const annotations = { 'longhaul.dev/profile': 'websocket' }
const standingIn = "note: Longhaul's defaults are taken for its configuration; --config names another\n"
const mistake = 'longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s.'

describe('preview --live', () => {
  const controlPlane = useControlPlane()
  let core: CoreV1Api
  let webhook: InstalledWebhook

  beforeAll(async () => {
    if (missing !== undefined) return
    core = controlPlane().admin.config.makeApiClient(CoreV1Api)
    webhook = await installWebhook(controlPlane())
    await createNamespace('prod', { 'longhaul.dev/inject': 'true', 'longhaul.dev/keepalive-idle': '45s' })
    await createNamespace('plain', { mesh: 'on' })
    await createNamespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' })
    await apply('prod', everyKind({}))
    await apply('plain', everyKind(annotations))
    // The API server learns of the webhook a moment later.
    await vi.waitFor(
      async () => expect((await entries('deploy/web', '-n', 'prod'))[0].live.longhaul).toBe(true),
      waiting,
    )
  }, startTimeoutMs)

  afterAll(async () => {
    await webhook?.[Symbol.asyncDispose]()
  }, startTimeoutMs)

  function live(...args: string[]): Promise<Result> {
    return liveAs(controlPlane().admin, ...args)
  }

  function liveAs({ file }: Identity, ...args: string[]): Promise<Result> {
    return runHere(['preview', '--live', '--kubeconfig', file, ...args])
  }

  /** Of manifests on standard input. */
  function liveOf(stdin: string, ...args: string[]): Promise<Result> {
    return runHere(['preview', '--live', '--kubeconfig', controlPlane().admin.file, '-f', '-', ...args], {
      stdin,
    })
  }

  async function entries(...args: string[]) {
    return JSON.parse((await live(...args, '-o', 'json')).stdout)
  }

  async function createNamespace(name: string, labels: Record<string, string> = {}): Promise<void> {
    await core.createNamespace({ body: { metadata: { name, labels } } })
    await vi.waitFor(() => core.readNamespacedServiceAccount({ namespace: name, name: 'default' }), waiting)
  }

  async function apply(namespace: string, manifests: string): Promise<void> {
    const result = await kubectl(controlPlane().admin, ['apply', '-n', namespace, '-f', '-'], manifests)
    expect(result).toMatchObject({ status: 0 })
  }

  /** A service account with one of the API server's own roles in a namespace. */
  async function accountWith(role: string, namespace: string): Promise<Identity> {
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: role } } })
    await controlPlane()
      .admin.config.makeApiClient(RbacAuthorizationV1Api)
      .createNamespacedRoleBinding({
        namespace,
        body: {
          metadata: { name: role },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects: [{ kind: 'ServiceAccount', namespace, name: role }],
        },
      })
    const account = await controlPlane().serviceAccount(namespace, role)
    // The API server learns of the binding a moment later.
    const read = () => account.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace })
    await vi.waitFor(read, waiting)
    return account
  }

  describe('asks about', () => {
    it.each([
      'pod/web',
      'deployment/web',
      'StatefulSet/web',
      'daemonsets.apps/web',
      'rs/web',
      'rc/web',
      'jobs.v1.batch/web',
      'cj/web',
    ])('%s, in namespaces that ask for Longhaul and in others', async name => {
      for (const [namespace, set] of [
        ['prod', 'idle=45,interval=10,probes=3,user_timeout=auto'],
        ['plain', 'idle=30,interval=10,probes=3,user_timeout=auto'],
      ] as const) {
        const [{ live, namespace: seen }] = await entries(name, '-n', namespace)
        expect(seen).toBe(namespace)
        expect(live).toMatchObject({ admitted: true, refusal: null, differences: [], warnings: [] })
        // A pod that was changed at its creation has all that it is to get.
        expect(live.longhaul).toBe(name !== 'pod/web')
        const status = JSON.parse(live.pod.metadata.annotations['longhaul.dev/status'])
        expect(status.features['keepalive-preload']).toEqual({ containers: ['app'], set })
        expect(jsonPatch.applyPatch(live.sent, live.changed).newDocument).toEqual(live.pod)
      }
    })

    it('several, each in a section of its own', async () => {
      const { status, stdout } = await live('deploy/web', 'sts/web', '-n', 'plain')
      expect(status).toBe(0)
      expect(stdout).toMatch(/^Deployment web in namespace plain \(the cluster\)$.*^StatefulSet web in/ms)
    })

    it('manifests that are not in the cluster, in the namespaces that they name', async () => {
      const inProd = deployment('chat', []).replace('name: chat', 'name: chat\n  namespace: prod')
      const manifests = [service('chat'), deployment('other', []), inProd].join('---\n')
      const { status, stdout } = await liveOf(manifests, '-n', 'plain', '-o', 'json')
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject([
        { name: 'other', namespace: 'plain', outcome: 'skipped', live: { longhaul: false, differences: [] } },
        { name: 'chat', namespace: 'prod', outcome: 'mutated', live: { longhaul: true, differences: [] } },
      ])
    })

    it('files and workloads of the cluster together', async () => {
      const folder = await folderWith({ 'a.yaml': deployment('a'), 'more/b.yaml': deployment('b') })
      const files = ['-f', join(folder, 'a.yaml'), '-f', join(folder, 'more')]
      const found = await entries('deploy/web', ...files, '-n', 'plain')
      expect(found.map(({ name }: { name: string }) => name)).toEqual(['web', 'a', 'b'])
    })

    it('manifests with a service account that is in the input, and yet to be made', async () => {
      const manifest = deployment('chat').replace(
        '    spec:\n      containers',
        '    spec:\n      serviceAccountName: chat\n      containers',
      )
      const missing = await liveOf(manifest, '-n', 'plain')
      expect(missing.status).toBe(1)
      expect(missing.stderr).toContain('serviceaccount "chat" not found')
      const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: chat }\n'
      const { status, stdout, stderr } = await liveOf(`${account}---\n${manifest}`, '-n', 'plain')
      expect([status, stderr]).toEqual([
        0,
        'note: service account chat is not in namespace plain yet; pods that name it were tried with the default one\n',
      ])
      expect(stdout).toContain('In the cluster: changed by Longhaul, as expected.')
    })

    it('the labels that a namespace has in the cluster, whatever a manifest says', async () => {
      const namespace = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: plain\n  labels: { longhaul.dev/inject: "true" }\n`
      const { stdout } = await liveOf(
        `${namespace}---\n${deployment('chat', [])}`,
        '-n',
        'plain',
        '-o',
        'json',
      )
      expect(JSON.parse(stdout)).toMatchObject([{ outcome: 'skipped', reason: 'not-asked' }])
    })
  })

  it('leaves no object and no changed resourceVersion behind', async () => {
    const { config } = controlPlane().admin
    const kinds = ['deploy', 'sts', 'ds', 'rs', 'rc', 'job', 'cj', 'pod'].map(kind => `${kind}/web`)
    // The controllers have to come to rest first.
    const before = await vi.waitFor(
      async () => {
        const versions = await resourceVersions(config)
        await new Promise(resolve => setTimeout(resolve, 1000))
        expect(await resourceVersions(config)).toEqual(versions)
        return versions
      },
      { timeout: 20_000, interval: 0 },
    )
    expect(before.size).toBeGreaterThan(100)
    for (const namespace of ['prod', 'plain']) {
      expect(await live(...kinds, '-n', namespace)).toMatchObject({ status: 0, stderr: '' })
    }
    expect(await liveOf(deployment('new'), '-n', 'plain')).toMatchObject({ status: 0 })
    expect(await liveOf(deployment('refused'), '-n', 'restricted')).toMatchObject({ status: 1 })
    expect(await resourceVersions(config)).toEqual(before)
  })

  describe('prints', () => {
    it('the whole change as a diff, with the lines that are of Longhaul marked', async () => {
      const { stdout } = await live('deploy/web', '-n', 'prod')
      const marked = linesOf(stdout, /^ {2}L [+-] *(.*)$/gm)
      const others = linesOf(stdout, /^ {4}[+-] *(.*)$/gm)
      expect(stdout).toContain('By its settings: changed by keepalive-preload, pre-stop, grace-period.')
      expect(stdout).toContain('In the cluster: changed by Longhaul, as expected.')
      expect(marked).toEqual(
        expect.arrayContaining(['value: /opt/longhaul/libkeepalive.so', 'terminationGracePeriodSeconds: 35']),
      )
      expect(marked.join('\n')).not.toMatch(/kube-api-access|serviceAccount|toleration|terminationMessage/)
      expect(others).toEqual(expect.arrayContaining(['serviceAccountName: default', 'priority: 0']))
      expect(others.join('\n')).not.toMatch(/longhaul/)
      expect(stdout).toMatch(/^ {4}keepalive-idle +45s +the namespace$/m)
    })

    it('colours on a terminal', async () => {
      const args = [
        'preview',
        '--live',
        '--kubeconfig',
        controlPlane().admin.file,
        'deploy/web',
        '-n',
        'prod',
      ]
      expect((await runHere(args, { isColoured: true })).stdout).toContain(`L ${csi}32m+`)
    })

    it('a table', async () => {
      const { stdout } = await live('deploy/web', 'job/web', '-n', 'plain', '-o', 'summary')
      expect(
        stdout,
      ).toBe(`KIND        NAMESPACE  NAME  EXPECTED  WHAT                                               PROBLEMS  CLUSTER
Deployment  plain      web   mutated   keepalive-preload,pre-stop,grace-period,readiness  0         mutated
Job         plain      web   mutated   keepalive-preload,pre-stop,grace-period,readiness  0         mutated
`)
    })

    it('patches of the pods as they are sent', async () => {
      const [{ live: expected }] = await entries('ds/web', '-n', 'prod')
      const patches = JSON.parse((await live('ds/web', '-n', 'prod', '-o', 'patch')).stdout)
      expect(patches).toMatchObject([{ kind: 'DaemonSet', namespace: 'prod', name: 'web' }])
      const pod = jsonPatch.applyPatch(expected.sent, patches[0].patch).newDocument
      expect(pod).toHaveProperty('spec.serviceAccountName', 'default')
      expect(pod).toHaveProperty('spec.terminationGracePeriodSeconds', 35)
    })

    it('the pods as YAML, which is what a creation gives', async () => {
      const { stdout } = await live('deploy/web', 'sts/web', '-n', 'prod', '-o', 'yaml')
      expect(stdout).toMatch(/^# The pod of Deployment web in namespace prod\napiVersion: v1\nkind: Pod\n/)
      const pods = parseAllDocuments(stdout).map(each => each.toJS())
      expect(pods).toHaveLength(2)
      expect(pods[1].spec.volumes).toContainEqual({
        name: 'data',
        persistentVolumeClaim: { claimName: 'data-web-0' },
      })
      const [, ...again] = parseAllDocuments((await liveOf(stdout, '-o', 'yaml')).stdout)
      expect(again).toHaveLength(1)
    })
  })

  describe('tells what is', () => {
    it.each(['diff', 'json', 'yaml'])(
      'integers beyond 2^53 with their own digits, by -o %s',
      async format => {
        const grace = 'terminationGracePeriodSeconds: 9007199254740993\n      containers:'
        const stdin = deployment('long').replace('containers:', grace)
        const { stdout } = await liveOf(stdin, '-n', 'prod', '-o', format)
        expect(stdout).toMatch(/terminationGracePeriodSeconds"?: 9007199254740993/)
        expect(stdout).not.toContain('9007199254740992')
      },
    )

    it("another webhook's", async () => {
      await using _ = await startSidecarWebhook(controlPlane(), 'mesh')
      await vi.waitFor(async () => {
        expect((await live('deploy/web', '-n', 'plain')).stdout).toContain('example.com/sidecar')
      }, waiting)
      const { stdout } = await live('deploy/web', '-n', 'plain')
      expect(stdout).toMatch(/^ {4}\+ +(- )?image: example.com\/sidecar$/m)
      expect(stdout).toMatch(/^ {4}\+ +sidecar: added$/m)
      expect(stdout).toContain('In the cluster: changed by Longhaul, as expected.')
      expect(stdout).toMatch(/Warnings of the cluster:\n {4}a "sidecar" was added, as ordered$/m)
      const [{ live: found }] = await entries('deploy/web', '-n', 'plain')
      expect(found.warnings).toEqual(['a "sidecar" was added, as ordered'])
      const names = found.pod.spec.containers.map(({ name }: { name: string }) => name)
      expect(names).toEqual(['app', 'sidecar'])
    })

    it('a problem, and a warning of the API server', async () => {
      const manifest = deployment('chat', ['longhaul.dev/keepalive-idle: 60x']).replace(
        'image:',
        'imagge: x\n          image:',
      )
      const { status, stdout } = await liveOf(manifest, '-n', 'plain')
      expect(status).toBe(0)
      expect(stdout).toContain(`  Problems:\n    ${mistake} Using 60s from the defaults.\n`)
      expect(stdout).toContain(`    unknown field "spec.containers[0].imagge"\n`)
      // Once: the warning of the cluster's Longhaul says nothing else.
      expect(stdout.split(mistake)).toHaveLength(2)
      const strict = await liveOf(manifest, '-n', 'plain', '--strict')
      expect(strict.status).toBe(1)
      expect(strict.stderr).toBe('longhaul: 1 problem and 0 differences from what is expected found\n')
    })

    it('otherwise than a configuration says', async () => {
      const folder = await folderWith({ 'longhaul.yaml': 'defaults: { pre-stop-sleep: 9s }' })
      const config = ['--config', join(folder, 'longhaul.yaml')]
      const { status, stdout } = await live('deploy/web', '-n', 'prod', ...config)
      expect(status).toBe(0)
      expect(stdout).toContain('In the cluster: changed by Longhaul, not as expected:\n    pre-stop: ')
      const summary = await live('deploy/web', '-n', 'prod', ...config, '-o', 'summary', '--strict')
      expect(summary.status).toBe(1)
      expect(summary.stdout).toMatch(
        / differs\nDeployment web: pre-stop: \{.*"sleep 5s"\} in the cluster, \{.*"sleep 9s"\} expected\n/,
      )
    })

    it('not done, as the webhook can not be reached', async () => {
      webhook.setReachable(false)
      onTestFinished(() => webhook.setReachable(true))
      const { status, stdout } = await live('deploy/web', '-n', 'prod')
      expect(status).toBe(0)
      expect(stdout).toContain('In the cluster: not changed by Longhaul, not as expected:')
      expect(stdout).toContain("Longhaul changed nothing: its webhook was not called, or can't be reached")
      expect(linesOf(stdout, /^ {2}L (.*)$/gm)).toEqual([])
    })

    it("left alone in Longhaul's own namespace", async () => {
      const found = await entries(
        '-f',
        join(await folderWith({ 'a.yaml': deployment('a') }), 'a.yaml'),
        '-n',
        'longhaul-system',
      )
      expect(found).toMatchObject([
        { outcome: 'skipped', reason: 'excluded-namespace', live: { longhaul: false, differences: [] } },
      ])
    })
  })

  describe('for people with few rights', () => {
    const unknowable = "which can't be compared without "
    const uncompared = "note: so the pods of 1 of 1 workloads can't be compared with what is expected\n"
    let editor: Identity
    /** May not read the labels of namespaces, nor workloads. */
    let creator: Identity

    beforeAll(async () => {
      if (missing !== undefined) return
      const rbac = controlPlane().admin.config.makeApiClient(RbacAuthorizationV1Api)
      await rbac.createClusterRole({
        body: {
          metadata: { name: 'few' },
          rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['create', 'list'] }],
        },
      })
      editor = await accountWith('edit', 'prod')
      creator = await accountWith('few', 'prod')
    }, startTimeoutMs)

    async function manifest(annotations: string[]): Promise<string[]> {
      const folder = await folderWith({ 'a.yaml': deployment('chat', annotations) })
      return ['-f', join(folder, 'a.yaml'), '-n', 'prod']
    }

    it('does what can be done, and says what they can not read', async () => {
      const { status, stdout, stderr } = await liveAs(editor, 'deploy/web', '-n', 'prod', '--strict')
      expect(status).toBe(0)
      expect(stdout).toContain('In the cluster: changed by Longhaul, as expected.')
      expect(stderr).toMatch(
        /^note: Longhaul's webhook can't be looked up: .*\nnote: Longhaul's defaults are taken.*\n$/,
      )
    })

    it('does not compare with labels that can not be read', async () => {
      const args = [...(await manifest([])), '--strict']
      const { status, stdout, stderr } = await liveAs(creator, ...args)
      expect(status).toBe(0)
      expect(stdout).toContain('By what can be read of its settings: left alone. Neither')
      expect(stdout).toContain(
        `In the cluster: changed by Longhaul, ${unknowable}the namespace's labels.\n\n  The`,
      )
      expect(stdout).toContain("L: Longhaul's part, as far as it can be told.\n")
      expect(stderr).toContain("note: the labels of namespace prod can't be read, and are taken to be none: ")
      expect(stderr).toContain(uncompared)
      const summary = await liveAs(creator, ...args, '-o', 'summary')
      expect(summary).toMatchObject({ status: 0 })
      expect(summary.stdout).toMatch(
        /^Deployment +prod +chat +skipped\? +not-asked +0 +mutated\nDeployment chat: can't be compared without the namespace's labels\n$/m,
      )
      const json = await liveAs(creator, ...args, '-o', 'json')
      expect(json).toMatchObject({ status: 0, stderr })
      expect(JSON.parse(json.stdout)).toMatchObject([
        { outcome: 'skipped', live: { longhaul: true, differences: [], unread: ['labels'] } },
      ])
    })

    it('does not compare with a configuration that can not be read, until one is named', async () => {
      await webhook.upgrade('config: { defaults: { pre-stop-sleep: 7s }, profiles: { ours: {} } }')
      onTestFinished(() => webhook.upgrade(''))
      const args = [...(await manifest(['longhaul.dev/profile: ours'])), '--strict']
      const { status, stdout, stderr } = await liveAs(editor, ...args)
      expect(status).toBe(0)
      expect(stdout).toContain(
        `In the cluster: changed by Longhaul, ${unknowable}Longhaul's configuration.\n`,
      )
      expect(stderr).toContain(uncompared)
      const folder = await folderWith({
        'same.yaml': 'defaults: { pre-stop-sleep: 7s }\nprofiles: { ours: {} }',
        'other.yaml': 'profiles: { ours: {} }',
      })
      const same = await liveAs(editor, ...args, '--config', join(folder, 'same.yaml'))
      expect(same.status).toBe(0)
      expect(same.stdout).toContain('In the cluster: changed by Longhaul, as expected.')
      const other = await liveAs(editor, ...args, '--config', join(folder, 'other.yaml'))
      expect(other.status).toBe(1)
      expect(other.stderr).toMatch(/^longhaul: 0 problems and 2 differences from what is expected found$/m)
    })

    it('compares what does not depend on anything unread', async () => {
      const { stdout } = await liveAs(creator, ...(await manifest(['longhaul.dev/inject: "false"'])))
      expect(stdout).toContain('By its settings: left alone. longhaul.dev/inject says false.')
      expect(stdout).toContain('In the cluster: not changed by Longhaul, as expected.')
    })
  })

  describe("with the cluster's configuration", () => {
    it('knows its defaults', async () => {
      await webhook.upgrade('config: { defaults: { pre-stop-sleep: 7s } }')
      onTestFinished(() => webhook.upgrade(''))
      const [{ settings, live }] = await entries('deploy/web', '-n', 'prod')
      expect(settings['pre-stop-sleep']).toEqual({ value: '7s', source: "the cluster's defaults" })
      expect(live).toMatchObject({ longhaul: true, differences: [] })
    })

    it('shows the denial of a strict one', async () => {
      await webhook.upgrade('config: { strict: true }')
      onTestFinished(() => webhook.upgrade(''))
      const { status, stdout, stderr } = await liveOf(
        deployment('chat', ['longhaul.dev/keepalive-idle: 60x']),
        '-n',
        'plain',
      )
      expect(status).toBe(1)
      expect(stdout).toContain('By its settings: denied, as the configuration is strict.')
      expect(stdout).toContain('In the cluster: its pods are refused')
      expect(stderr).toMatch(
        /^longhaul: the cluster refuses the pods of Deployment chat in namespace plain: admission webhook "pods.longhaul.dev" denied the request: Longhaul denies this pod \(strict\): /,
      )
      expect(stderr).toContain(mistake)
    })

    it('that it can not use takes the defaults, and says so', async () => {
      const { data } = await core.readNamespacedConfigMap({ namespace: 'longhaul-system', name: 'longhaul' })
      const replaceConfig = (text: string) =>
        core.patchNamespacedConfigMap({
          namespace: 'longhaul-system',
          name: 'longhaul',
          body: [{ op: 'replace', path: '/data/config.yaml', value: text }],
        })
      await replaceConfig('tomorrow: { never: dies }')
      onTestFinished(async () => void (await replaceConfig(data?.['config.yaml'] ?? '')))
      const { status, stderr } = await live('deploy/web', '-n', 'prod')
      expect(status).toBe(0)
      expect(stderr).toBe(
        `note: ConfigMap longhaul-system/longhaul:1: tomorrow: is not a known field\n${standingIn}`,
      )
    })
  })

  describe('ends with status 1 and says', () => {
    it('what PodSecurity refuses; others are shown', async () => {
      const inPlain = deployment('fine').replace('name: fine', 'name: fine\n  namespace: plain')
      const { status, stdout, stderr } = await liveOf(
        `${deployment('chat')}---\n${inPlain}`,
        '-n',
        'restricted',
        '-o',
        'json',
      )
      expect(status).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject([
        {
          name: 'chat',
          live: { admitted: false, refusal: expect.stringContaining('violates PodSecurity'), pod: null },
        },
        { name: 'fine', live: { admitted: true, longhaul: true } },
      ])
      expect(stderr).toMatch(
        /^longhaul: the cluster refuses the pods of Deployment chat in namespace restricted: .*violates PodSecurity/,
      )
      // The init container is not among the offenders.
      expect(stderr).not.toContain('longhaul-init')
      for (const format of ['summary', 'yaml', 'patch']) {
        const again = await liveOf(deployment('chat'), '-n', 'restricted', '-o', format)
        expect(again.status).toBe(1)
        expect(again.stderr).toContain('in namespace restricted: pods "chat-')
      }
    })

    it('what a quota refuses', async () => {
      await createNamespace('full')
      await core.createNamespacedResourceQuota({
        namespace: 'full',
        body: { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } },
      })
      await vi.waitFor(async () => {
        const { stderr } = await liveOf(deployment('chat'), '-n', 'full')
        expect(stderr).toContain('exceeded quota: none')
      }, waiting)
    })

    it('that a quota or a LimitRange refuses what the init container asks for, and what changes it', async () => {
      const small = { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1m', memory: '1Mi' } }
      const large = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }
      await createNamespace('scarce')
      await core.createNamespacedResourceQuota({
        namespace: 'scarce',
        body: { metadata: { name: 'scarce' }, spec: { hard: { 'limits.memory': '10Mi' } } },
      })
      await createNamespace('ample')
      await core.createNamespacedLimitRange({
        namespace: 'ample',
        body: {
          metadata: { name: 'ample' },
          spec: { limits: [{ type: 'Container', min: { cpu: '100m', memory: '64Mi' } }] },
        },
      })
      const using = (resources: object, name = 'chat') =>
        deployment(name).replace(
          '          ports:',
          `          resources: ${JSON.stringify(resources)}\n          ports:`,
        )
      const init =
        "without what Longhaul adds it is admitted; longhaul-init has requests cpu 50m and memory 32Mi, limits cpu 50m and memory 32Mi, which init.resources in Longhaul's configuration changes\n"
      await vi.waitFor(async () => {
        const { stderr } = await liveOf(using(small), '-n', 'scarce')
        expect(stderr).toMatch(/exceeded quota: scarce, .*; without/)
        expect(stderr.endsWith(init)).toBe(true)
      }, waiting)
      await vi.waitFor(async () => {
        const { stdout, stderr } = await liveOf(using(large), '-n', 'ample', '-o', 'json')
        expect(stderr).toContain('minimum memory usage per Container is 64Mi, but request is 32Mi]; without')
        expect(JSON.parse(stdout)[0].live.cause).toBe(init.trimEnd())
      }, waiting)
      // A pod that is refused as it is has no other cause.
      for (const [resources, namespace] of [
        [large, 'scarce'],
        [small, 'ample'],
      ] as const) {
        const [{ live }] = JSON.parse((await liveOf(using(resources), '-n', namespace, '-o', 'json')).stdout)
        expect(live).toMatchObject({ admitted: false, cause: null })
      }
    })

    it('which right is missing for a dry run', async () => {
      const viewer = await accountWith('view', 'plain')
      const { status, stdout, stderr } = await liveAs(viewer, 'deploy/web', '-n', 'plain')
      expect([status, stdout]).toEqual([1, ''])
      expect(stderr).toContain(
        'longhaul: a dry run needs the right to create pods in namespace plain (verb create, resource pods): ',
      )
      expect(stderr).toContain('User "system:serviceaccount:plain:view" cannot create resource "pods"')
    })

    it('what may not be read', async () => {
      const nobody = await controlPlane().serviceAccount('plain', 'default')
      const { status, stderr } = await liveAs(nobody, 'deploy/web', 'sts/web', '-n', 'plain')
      expect(status).toBe(1)
      expect(stderr).toMatch(
        /^longhaul: Deployment web can't be read from namespace plain: .* cannot get resource "deployments"/,
      )
      expect(stderr).toMatch(/^longhaul: StatefulSet web can't be read/m)
    })

    it('which workloads and namespaces are not there', async () => {
      const workload = await live('deploy/nothing', '-n', 'plain')
      expect(workload).toMatchObject({ status: 1, stdout: '' })
      expect(workload.stderr).toBe(
        'longhaul: Deployment nothing can\'t be read from namespace plain: deployments.apps "nothing" not found\n',
      )
      const yetToBe = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: nowhere }\n'
      for (const manifests of [deployment('chat'), `${yetToBe}---\n${deployment('chat')}`]) {
        const namespace = await liveOf(manifests, '-n', 'nowhere')
        expect(namespace).toMatchObject({ status: 1, stdout: '' })
        expect(namespace.stderr).toBe(
          'longhaul: namespace nowhere is not in the cluster; create it first, or preview without --live\n',
        )
      }
    })

    it('that a token is not accepted', async () => {
      const config = new KubeConfig()
      config.loadFromFile(controlPlane().admin.file)
      const cluster = config.getCurrentCluster() ?? expect.fail()
      config.loadFromClusterAndUser(cluster, { name: 'former', token: 'expired' })
      const folder = await folderWith({ kubeconfig: config.exportConfig() })
      const { status, stderr } = await runHere([
        'preview',
        '--live',
        '--kubeconfig',
        join(folder, 'kubeconfig'),
        'deploy/web',
      ])
      expect(status).toBe(1)
      expect(stderr).toContain(
        'the credentials of the kubeconfig are not accepted (Unauthorized); log in again',
      )
    })
  })

  it("tells how to write what is in kubectl's spelling", async () => {
    expect(await live('deploy', 'web', '-n', 'plain')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'longhaul: "deploy web" is not how workloads are named here; write deploy/web\n',
    })
  })

  it('finds cluster and namespace as kubectl does', async () => {
    const folder = await folderWith({})
    const config = new KubeConfig()
    config.loadFromFile(controlPlane().admin.file)
    const current = config.getContextObject(config.getCurrentContext()) ?? expect.fail()
    config.addContext({ ...current, name: 'team', namespace: 'prod' })
    await writeFile(join(folder, 'kubeconfig'), config.exportConfig())
    const env = { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
    const { status, stdout } = await longhaul(
      ['preview', '--live', 'deploy/web', '--context', 'team', '-o', 'json'],
      { env },
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ namespace: 'prod', live: { longhaul: true } }])
    const inDefault = await longhaul(['preview', '--live', 'deploy/web'], { env })
    expect(inDefault.stderr).toContain("Deployment web can't be read from namespace default")
  })

  describe('beside it, kubectl', () => {
    const pod = parse(everyKind(annotations).split('---\n')[0] ?? '')
    const other = JSON.stringify({ ...pod, metadata: { ...pod.metadata, name: 'other' } })
    const mistaken = everyKindOf('Deployment', { 'longhaul.dev/keepalive-idle': '60x' })

    it.each([
      ['apply', ['apply', '--dry-run=server', '-o', 'json']],
      ['create', ['create', '--dry-run=server', '-o', 'json']],
    ])('%s shows the change of a pod in a dry run', async (_, args) => {
      const { status, stdout } = await kubectl(
        controlPlane().admin,
        [...args, '-n', 'plain', '-f', '-'],
        other,
      )
      expect(status).toBe(0)
      expect(JSON.parse(stdout).metadata.annotations).toHaveProperty(['longhaul.dev/status'])
      await expect(core.readNamespacedPod({ namespace: 'plain', name: 'other' })).rejects.toMatchObject({
        code: 404,
      })
    })

    it('diff shows the change of a pod', async () => {
      const { status, stdout } = await kubectl(
        controlPlane().admin,
        ['diff', '-n', 'plain', '-f', '-'],
        other,
      )
      expect(status).toBe(1)
      expect(stdout).toMatch(/^\+ +value: \/opt\/longhaul\/libkeepalive.so$/m)
    })

    it.each([
      ['apply', ['apply', '--dry-run=server'], 0],
      ['diff', ['diff'], 1],
    ])('%s shows the warning about a Deployment', async (_, args, expected) => {
      const { status, stdout, stderr } = await kubectl(
        controlPlane().admin,
        [...args, '-n', 'plain', '-f', '-'],
        mistaken,
      )
      expect(status).toBe(expected)
      expect(stderr).toContain(`Warning: ${mistake}`)
      // No pods are made in a dry run of their controller.
      expect(stdout).not.toContain('libkeepalive')
    })
  })

  describe('without Longhaul in the cluster', () => {
    beforeAll(() => webhook?.[Symbol.asyncDispose]())

    it('says that it is not there', async () => {
      const { status, stdout, stderr } = await vi.waitFor(async () => {
        const result = await live('deploy/web', '-n', 'prod')
        expect(result.stdout).toContain('not changed by Longhaul')
        return result
      }, waiting)
      expect(status).toBe(0)
      expect(stdout).toContain('Longhaul changed nothing: no webhook of it is in the cluster')
      expect(stderr).toBe(
        `note: Longhaul is not installed: no webhook of the cluster is called pods.longhaul.dev\n${standingIn}`,
      )
    })
  })
})

function everyKindOf(kind: string, annotations: Record<string, string>): string {
  return (
    everyKind(annotations)
      .split('---\n')
      .find(each => each.includes(`kind: ${kind}\n`)) ?? ''
  )
}

function linesOf(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, line]) => line ?? '')
}
