/** The webhook over real TLS sockets. */

import { once } from 'node:events'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultConfig } from '../../src/policy/config.ts'
import {
  chatPod,
  patched,
  patchOf,
  plainPod,
  podRequest,
  podWith,
  responseOf,
  review,
  secret,
} from './reviews.ts'
import { ca, keepAliveAgent, startWebhook, type Webhook } from './webhook.ts'

const goodReview = review(podRequest(chatPod))
const mebibyte = 1024 * 1024

let webhook: Webhook

beforeAll(async () => {
  webhook = await startWebhook()
})

afterAll(() => webhook.close())

/** Runs a test with a webhook of its own. */
async function withWebhook<T>(
  settings: Parameters<typeof startWebhook>[0],
  use: (own: Webhook) => Promise<T>,
): Promise<T> {
  const own = await startWebhook(settings)
  try {
    return await use(own)
  } finally {
    await own.close()
  }
}

async function expectGoodAnswer(from: Webhook): Promise<void> {
  const answer = await from.send({}, goodReview)
  expect(answer.status).toBe(200)
  expect(responseOf(answer)).toMatchObject({ uid: 'u1', allowed: true, patchType: 'JSONPatch' })
}

describe('a request that holds no review', () => {
  const bodyOfAnotherVersion = goodReview.replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1')
  const withoutUid = review({ ...podRequest(chatPod), uid: undefined })

  it.each([
    ['not JSON', {}, '{"kind":', 400, 'The body is not JSON.'],
    ['an empty body', {}, '', 400, 'The body is not'],
    ['null', {}, 'null', 400, 'The body is not an AdmissionReview.'],
    ['a number', {}, '7', 400, 'The body is not an AdmissionReview.'],
    ['an array', {}, '[]', 400, 'The body is not an AdmissionReview.'],
    ['no AdmissionReview', {}, JSON.stringify(chatPod), 400, 'The body is not an AdmissionReview.'],
    [
      'another version',
      {},
      bodyOfAnotherVersion,
      400,
      'is admission.k8s.io/v1beta1; only admission.k8s.io/v1 ',
    ],
    ['no uid', {}, withoutUid, 400, 'no request with a uid'],
    ['an empty uid', {}, review(podRequest(chatPod, '')), 400, 'no request with a uid'],
    ['no request', {}, review({}), 400, 'no request with a uid'],
    [
      'text',
      { headers: { 'content-type': 'text/plain' } },
      goodReview,
      415,
      'Content-Type must be application/json',
    ],
    ['YAML', { headers: { 'content-type': 'application/yaml' } }, goodReview, 415, 'Content-Type'],
    ['a broken content type', { headers: { 'content-type': 'json' } }, goodReview, 415, 'Content-Type'],
    ['an unknown path', { path: '/mutat' }, goodReview, 404, '/mutat'],
    ['a path with a query', { path: '/other?timeout=5s' }, goodReview, 404, '/other'],
    ['a name of Object.prototype', { path: '/constructor' }, goodReview, 404, '/constructor'],
    ['the root', { path: '/', method: 'GET' }, undefined, 404, '/'],
    ['a path that is no URL', { path: '/mutate%' }, goodReview, 400, ''],
    ['GET', { method: 'GET' }, undefined, 405, 'GET'],
    ['PUT', { method: 'PUT' }, goodReview, 405, 'PUT'],
    ['DELETE', { method: 'DELETE', path: '/validate' }, undefined, 405, 'DELETE'],
    ['PUT of what is not JSON', { method: 'PUT' }, '{', 405, 'PUT'],
    ['what is not JSON, at an unknown path', { path: '/other' }, '{', 404, '/other'],
    [
      'PATCH of another type',
      { method: 'PATCH', headers: { 'content-type': 'text/plain' } },
      'x',
      405,
      'PATCH',
    ],
  ])('%s is refused', async (_name, options, body, status, message) => {
    const before = await webhook.count(`longhaul_refused_requests_total{status="${status}"}`)
    const answer = await webhook.send(options, body)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(JSON.parse(answer.body)).toEqual({
      apiVersion: 'v1',
      kind: 'Status',
      status: 'Failure',
      code: status,
      message: expect.stringContaining(message),
    })
    expect(answer.headers.allow).toBe(status === 405 ? 'POST' : undefined)
    expect(await webhook.count(`longhaul_refused_requests_total{status="${status}"}`)).toBe(before + 1)
    await expectGoodAnswer(webhook)
  })

  it('is refused without a Content-Type', async () => {
    const socket = connect({ port: webhook.port, host: '127.0.0.1', ca })
    socket.write(
      `POST /mutate HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${goodReview.length}\r\n\r\n${goodReview}`,
    )
    const [first] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(first.toString()).toMatch(/^HTTP\/1.1 415 /)
  })

  it.each([
    ['nothing but a path', 'POST /mutate HTTP/1.1\r\nhost: localhost\r\n\r\n', 415],
    ['no body and no type, to the other webhook', 'POST /validate HTTP/1.0\r\n\r\n', 415],
    ['an empty body without a type', 'POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n', 415],
    [
      'an empty body of JSON',
      'POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n',
      400,
    ],
    ['an upgrade', 'POST /mutate HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n', 415],
  ])('is refused, and the server goes on: %s', async (_name, head, status) => {
    const socket = connect({ port: webhook.port, host: '127.0.0.1', ca })
    socket.write(head)
    const [first] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    expect(first.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    await expectGoodAnswer(webhook)
  })

  it.each([
    ['an unknown path', 'POST /nope', 404],
    ['a wrong method', 'PUT /mutate', 405],
  ])('is not read on where its body is of no use: %s', async (_name, call, status) => {
    const socket = connect({ port: webhook.port, host: '127.0.0.1', ca })
    socket.write(`${call} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 500000000\r\n\r\n{`)
    // Until the server closes it.
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*connection: close`, 'i'))
  })

  it('is refused where it is no HTTP, and the server goes on', async () => {
    const socket = connect({ port: webhook.port, host: '127.0.0.1', ca })
    socket.write('hello\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /)
    await expectGoodAnswer(webhook)
  })

  it.each([
    ['announced', { 'content-length': String(7 * mebibyte + 1) }, ''],
    ['in chunks', { 'transfer-encoding': 'chunked' }, Buffer.alloc(7 * mebibyte + 1, ' ')],
  ])('is refused where it is larger than 7 MiB (%s)', async (_name, headers, body) => {
    const answer = await webhook.send({ headers }, body)
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', code: 413 })
    await expectGoodAnswer(webhook)
  })

  it('is taken at exactly 7 MiB', async () => {
    const answer = await webhook.send({}, goodReview.padEnd(7 * mebibyte, ' '))
    expect(responseOf(answer).allowed).toBe(true)
  })

  it('may be cut off in the middle', async () => {
    const failed = webhook.count('longhaul_admissions_total{webhook="mutate",outcome="failed",reason=""}')
    for (const cut of [1, Math.floor(goodReview.length / 2), goodReview.length - 1]) {
      const outgoing = request({
        host: '127.0.0.1',
        port: webhook.port,
        ca,
        agent: false,
        method: 'POST',
        path: '/mutate',
        headers: { 'content-type': 'application/json', 'content-length': goodReview.length },
      })
      outgoing.on('error', () => {})
      await new Promise<void>(resolve => outgoing.write(goodReview.slice(0, cut), () => resolve()))
      await delay(20)
      outgoing.destroy()
    }
    await expectGoodAnswer(webhook)
    expect(webhook.logLines.filter(line => JSON.parse(line).level > 40)).toEqual([])
    expect(
      await webhook.count('longhaul_admissions_total{webhook="mutate",outcome="failed",reason=""}'),
    ).toBe(await failed)
  })
})

describe('clients', () => {
  it('are answered 100 at once', async () => {
    const pods = Array.from({ length: 100 }, (_, index) => ({
      ...chatPod,
      metadata: { ...chatPod.metadata, name: `chat-${index}` },
    }))
    const answers = await Promise.all(
      pods.map((pod, index) => webhook.send({}, review(podRequest(pod, `u${index}`)))),
    )
    answers.forEach((answer, index) => {
      const response = responseOf(answer)
      expect(response.uid).toBe(`u${index}`)
      expect(patched(pods[index], response)?.metadata.name).toBe(`chat-${index}`)
    })
  })

  it('are answered over and over on one connection', async () => {
    const agent = keepAliveAgent(1)
    const before = webhook.connections.count
    for (let turn = 0; turn < 20; turn++) {
      expect((await webhook.send({ agent }, goodReview)).status).toBe(200)
      expect(webhook.connections.count).toBeLessThanOrEqual(before + 1)
    }
    agent.destroy()
  })

  it('are not sent where a large answer is still on its way', async () => {
    const env = [{ name: 'SETTINGS', value: 'x'.repeat(2000) }]
    const containers = Array.from({ length: 300 }, (_, index) => ({ name: `c${index}`, image: 'a:1', env }))
    const agent = keepAliveAgent(1)
    const large = await webhook.send({ agent }, review(podRequest({ ...chatPod, spec: { containers } })))
    expect(large.body.length).toBeGreaterThan(100_000)
    expect(large.headers.connection).toBe('close')
    const usual = await webhook.send({ agent }, goodReview)
    expect(usual.headers.connection).toBe('keep-alive')
    agent.destroy()
  })

  it('are answered after a refusal on the same connection', async () => {
    const agent = keepAliveAgent(1)
    expect((await webhook.send({ agent }, '{')).status).toBe(400)
    expect((await webhook.send({ agent }, goodReview)).status).toBe(200)
    agent.destroy()
  })

  it('may send a body in pieces, cut within a character', async () => {
    const pod = podWith({ 'longhaul.dev/profile': 'http', note: 'größer – 漢字 🚢' })
    const body = Buffer.from(review(podRequest(pod)))
    const outgoing = request({
      host: '127.0.0.1',
      port: webhook.port,
      ca,
      agent: false,
      method: 'POST',
      path: '/mutate',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    })
    const answered = once(outgoing, 'response')
    const step = Math.ceil(body.length / 150)
    for (let at = 0; at < body.length; at += step) {
      outgoing.write(body.subarray(at, at + step))
      await delay(2)
    }
    outgoing.end()
    const [response] = await answered
    const result = patched(pod, responseOf({ body: await text(response) }))
    expect(result.metadata?.annotations?.['note']).toBe('größer – 漢字 🚢')
  })

  it('may send an object of any depth', async () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`
    const answer = await webhook.send({}, goodReview.replace('"labels":{', `"labels":{"deep":${deep},`))
    expect(patchOf(responseOf(answer)).length).toBeGreaterThan(0)
  })

  it('must trust the CA', async () => {
    await expect(webhook.send({ ca: [] }, goodReview)).rejects.toThrow(/certificate/)
  })

  it('must ask for a name in the certificate', async () => {
    await expect(webhook.send({ servername: 'elsewhere.test' }, goodReview)).rejects.toThrow(/altnames/)
  })
})

describe('POST /mutate', () => {
  it('answers with a patch that gives the pod what its settings ask for', async () => {
    const response = responseOf(await webhook.send({}, goodReview))
    const pod = patched<object>(chatPod, response)
    expect(response).not.toHaveProperty('warnings')
    expect(pod).toMatchObject({
      metadata: {
        ...chatPod.metadata,
        annotations: { 'longhaul.dev/profile': 'websocket', 'longhaul.dev/status': expect.any(String) },
      },
      spec: {
        initContainers: [{ name: 'longhaul-init', command: ['/longhaul', 'install', '/opt/longhaul'] }],
        containers: [
          {
            name: 'app',
            image: 'chat:1',
            env: [
              { name: 'PASSWORD', value: secret },
              { name: 'LD_PRELOAD', value: '/opt/longhaul/libkeepalive.so' },
              { name: 'LONGHAUL_KEEPALIVE', value: 'idle=30,interval=10,probes=3,user_timeout=auto' },
            ],
            lifecycle: {
              preStop: {
                exec: { command: ['/opt/longhaul/longhaul', 'drain', '--sleep=10s', '--timeout=5m'] },
              },
            },
            volumeMounts: [{ name: 'longhaul', mountPath: '/opt/longhaul', readOnly: true }],
          },
        ],
        volumes: [{ name: 'longhaul', emptyDir: { medium: 'Memory' } }],
        terminationGracePeriodSeconds: 340,
      },
    })
  })

  it('has nothing more to change in the pod that it made', async () => {
    const first = patched(chatPod, responseOf(await webhook.send({}, goodReview)))
    const second = responseOf(await webhook.send({}, review(podRequest(first))))
    expect(second).toEqual({ uid: 'u1', allowed: true })
  })

  it('keeps a key __proto__ of a pod', async () => {
    const body = review(podRequest(chatPod)).replace('"app":"chat"', '"__proto__":"kept","app":"chat"')
    const sent = JSON.parse(body).request.object
    expect(Object.hasOwn(sent.metadata.labels, '__proto__')).toBe(true)
    const answer = await webhook.send({}, body)
    const pod = patched(sent, responseOf(answer))
    expect(patchOf(responseOf(answer)).length).toBeGreaterThan(0)
    expect(Object.entries(pod.metadata.labels)).toEqual([
      ['__proto__', 'kept'],
      ['app', 'chat'],
    ])
  })

  it('survives a key __proto__ among the annotations, next to ours', async () => {
    const body = goodReview.replace(
      '"longhaul.dev/profile"',
      '"__proto__":{"longhaul.dev/inject":"false"},"longhaul.dev/profile"',
    )
    const response = responseOf(await webhook.send({}, body))
    const paths = patchOf(response).map(({ path }) => path)
    expect(paths).toContain('/metadata/annotations/longhaul.dev~1status')
    expect(paths.filter(path => path.includes('__proto__'))).toEqual([])
  })

  it('leaves a pod alone that nobody asked to change', async () => {
    const response = responseOf(await webhook.send({}, review(podRequest(plainPod))))
    expect(response).toEqual({ uid: 'u1', allowed: true })
  })

  it.each([
    ['another kind', { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }],
    ['no kind', { kind: undefined }],
    ['an update', { operation: 'UPDATE' }],
    ['a deletion', { operation: 'DELETE', object: null }],
  ])('leaves %s alone', async (_name, change) => {
    const before = await webhook.count(
      'longhaul_admissions_total{webhook="mutate",outcome="skipped",reason="not-a-pod-creation"}',
    )
    const response = responseOf(await webhook.send({}, review({ ...podRequest(chatPod), ...change })))
    expect(response).toEqual({ uid: 'u1', allowed: true })
    expect(
      await webhook.count(
        'longhaul_admissions_total{webhook="mutate",outcome="skipped",reason="not-a-pod-creation"}',
      ),
    ).toBe(before + 1)
  })

  it('takes the labels of the namespace of the request', async () => {
    const asked: string[] = []
    const namespaceLabels = async (name: string) => {
      asked.push(name)
      return { 'longhaul.dev/inject': 'true' }
    }
    await withWebhook({ namespaceLabels }, async own => {
      const response = responseOf(await own.send({}, review(podRequest(plainPod))))
      expect(patched(plainPod, response)).toMatchObject({ spec: { terminationGracePeriodSeconds: 35 } })
    })
    expect(asked).toEqual(['team'])
  })

  describe('asks for labels where those that are known contradict the call', () => {
    const asking = async (pod: object, askForLabels: () => Promise<Record<string, string>>) => {
      const asked: string[] = []
      const note = (name: string) => {
        asked.push(name)
        return askForLabels()
      }
      return withWebhook({ askForLabels: note }, async own => {
        const response = responseOf(await own.send({}, review(podRequest(pod))))
        return { asked, response }
      })
    }

    it('and goes by what it is told', async () => {
      const { response } = await asking(plainPod, async () => ({ 'longhaul.dev/inject': 'true' }))
      expect(patched(plainPod, response)).toMatchObject({ spec: { terminationGracePeriodSeconds: 35 } })
    })

    it('and admits the pod unchanged where nobody answers', async () => {
      const { response } = await asking(plainPod, () => Promise.reject(new Error('away')))
      expect(response).toEqual({ uid: 'u1', allowed: true })
    })

    it.each([
      ['a pod with settings', chatPod],
      ['a pod with a mistyped setting', podWith({ 'longhaul.dev/keepalive-intervall': '5s' })],
      ['a pod that has opted out', podWith({ 'longhaul.dev/inject': 'false' })],
    ])('but not for %s', async (_, pod) => {
      expect((await asking(pod, async () => ({}))).asked).toEqual([])
    })
  })

  it('admits a pod with problems, and warns', async () => {
    const pod = podWith({ 'longhaul.dev/keepalive-idle': '60x', 'longhaul.dev/keepalive-intervall': '5s' })
    const response = responseOf(await webhook.send({}, review(podRequest(pod))))
    expect(response.allowed).toBe(true)
    expect(response.warnings).toEqual([
      expect.stringMatching(/^longhaul.dev\/keepalive-idle: "60x" on the pod is not a duration; write 60s\./),
      expect.stringContaining('keepalive-interval'),
    ])
    for (const warning of response.warnings ?? []) expect(warning.length).toBeLessThanOrEqual(120)
    expect(patched<object>(pod, response)).toHaveProperty('spec.initContainers')
  })

  it('denies a pod with problems where the configuration is strict, with the whole text', async () => {
    await withWebhook({ config: () => ({ ...defaultConfig, strict: true }) }, async own => {
      const pod = podWith({ 'longhaul.dev/keepalive-idle': '60x', 'longhaul.dev/keepalive-probes': 'no' })
      const response = responseOf(await own.send({}, review(podRequest(pod))))
      expect(response).not.toHaveProperty('patch')
      expect(response).toMatchObject({ allowed: false, status: { code: 403, reason: 'Forbidden' } })
      expect(response.status?.message).toContain(
        'longhaul.dev/keepalive-idle: "60x" on the pod is not a duration; write 60s. Using 60s from the defaults.',
      )
      expect(response.status?.message).toContain('longhaul.dev/keepalive-probes: "no" on the pod')
      await expectGoodAnswer(own)
      expect(await own.count('longhaul_admissions_total{webhook="mutate",outcome="denied",reason=""}')).toBe(
        1,
      )
    })
  })
})

describe('a fault of ours', () => {
  it.each([
    ['are there', () => ({})],
    ['come later', async () => ({})],
  ])(
    'in keeping the record is answered with 500, and the next request as ever, where labels %s',
    async (_, namespaceLabels) => {
      let isBroken = true
      const beforeCount = () => {
        if (isBroken) throw new Error('the counter is gone')
      }
      await withWebhook({ namespaceLabels, beforeCount }, async own => {
        const answers = await Promise.all([own.send({}, goodReview), own.send({}, goodReview)])
        expect(answers.map(({ status }) => status)).toEqual([500, 500])
        expect(own.logLines.join('')).toContain('the counter is gone')
        isBroken = false
        await expectGoodAnswer(own)
      })
    },
  )

  const labelsFault = () => {
    throw new Error('the cache is gone')
  }

  it.each([
    ['labels that can not be had', { namespaceLabels: labelsFault }, chatPod, 'the cache is gone'],
    ['labels that fail later', { namespaceLabels: async () => labelsFault() }, chatPod, 'the cache is gone'],
    ['a pod that is none', {}, null, 'null'],
    ['a pod with broken containers', {}, { ...chatPod, spec: { containers: [null] } }, 'null'],
    [
      'a pod with a broken container list',
      {},
      { ...chatPod, spec: { ...chatPod.spec, initContainers: 7 } },
      '',
    ],
  ])('%s admits the pod unchanged', async (_name, settings, pod, message) => {
    await withWebhook(settings, async own => {
      const response = responseOf(await own.send({}, review(podRequest(pod))))
      expect(response).toEqual({
        uid: 'u1',
        allowed: true,
        warnings: [
          'longhaul: this object was admitted unchanged because of a fault; see the log of Longhaul',
        ],
      })
      const lines = own.logLines.map(line => JSON.parse(line))
      expect(lines).toEqual([
        expect.objectContaining({
          level: 50,
          uid: 'u1',
          outcome: 'failed',
          err: expect.objectContaining({ message: expect.stringContaining(message) }),
        }),
      ])
      expect(await own.count('longhaul_admissions_total{webhook="mutate",outcome="failed",reason=""}')).toBe(
        1,
      )
    })
  })

  it('admits even where the configuration is strict', async () => {
    const config = () => ({ ...defaultConfig, strict: true })
    await withWebhook({ config, namespaceLabels: labelsFault }, async own => {
      expect(responseOf(await own.send({}, goodReview)).allowed).toBe(true)
    })
  })
})

it('says of a pod in audit what would be set, counts it, and changes nothing', async () => {
  const metadata = { ...chatPod.metadata, annotations: { 'longhaul.dev/inject': 'audit' } }
  await withWebhook({}, async own => {
    const response = responseOf(
      await own.send({ path: '/mutate' }, review(podRequest({ ...chatPod, metadata }))),
    )
    expect(response.patch).toBeUndefined()
    expect(response.allowed).toBe(true)
    expect(response.warnings).toContainEqual(
      expect.stringMatching(/^longhaul: would set keepalive-preload: idle=60/),
    )
    const series = 'longhaul_admissions_total{webhook="mutate",outcome="audited",reason="audit-only"}'
    expect(await own.count(series)).toBe(1)
  })
})

describe('POST /validate', () => {
  const deployment = (annotations: Record<string, string>) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'chat', namespace: 'team' },
    spec: { template: { metadata: { annotations }, spec: chatPod.spec } },
  })
  const check = async (object: unknown) => {
    const kind = { group: 'apps', version: 'v1', kind: 'Deployment' }
    return responseOf(
      await webhook.send({ path: '/validate' }, review({ ...podRequest(object), kind, name: 'chat' })),
    )
  }

  it('warns of a typing error in the pod template, and allows', async () => {
    expect(await check(deployment({ 'longhaul.dev/keepalive-idel': '60s' }))).toEqual({
      uid: 'u1',
      allowed: true,
      warnings: [expect.stringContaining('write longhaul.dev/keepalive-idle')],
    })
  })

  it('says of an audit in the pod template what would be set', async () => {
    const { warnings } = await check(deployment({ 'longhaul.dev/inject': 'audit' }))
    expect(warnings).toContainEqual(expect.stringMatching(/^longhaul: would set keepalive-preload: idle=60/))
  })

  it('warns of a setting on the Deployment itself', async () => {
    const { metadata, ...rest } = deployment({})
    const annotations = { 'longhaul.dev/profile': 'websocket' }
    const response = await check({ ...rest, metadata: { ...metadata, annotations } })
    expect(response.warnings).toEqual([
      expect.stringContaining('does not reach its pods; move it to the template'),
    ])
  })

  it.each([
    ['a Deployment without problems', deployment({ 'longhaul.dev/profile': 'websocket' })],
    [
      'a Deployment without a template',
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'chat' } },
    ],
    ['another kind', { apiVersion: 'v1', kind: 'ConfigMap', data: {} }],
    ['nothing', null],
  ])('says yes to %s', async (_name, object) => {
    expect(await check(object)).toEqual({ uid: 'u1', allowed: true })
  })

  it('allows even where the configuration is strict', async () => {
    await withWebhook({ config: () => ({ ...defaultConfig, strict: true }) }, async own => {
      const body = review(podRequest(deployment({ 'longhaul.dev/keepalive-idle': '60x' })))
      expect(responseOf(await own.send({ path: '/validate' }, body)).allowed).toBe(true)
    })
  })
})

describe('the log', () => {
  it('has one line for each admission, with what is asked of it', async () => {
    await withWebhook({}, async own => {
      await own.send({}, goodReview)
      await own.send({}, review({ ...podRequest(plainPod, 'u2'), name: 'plain' }))
      await own.send({}, review(podRequest(podWith({ 'longhaul.dev/keepalive-idle': '60x' }), 'u3')))
      await own.send({ path: '/validate' }, review(podRequest(null, 'u4')))
      const about = { namespace: 'team', ms: expect.any(Number) }
      const chat = {
        ...about,
        name: 'chat-7d9f-',
        owner: 'ReplicaSet/chat-7d9f',
        webhook: 'mutate',
        outcome: 'mutated',
      }
      expect(own.logLines.map(line => JSON.parse(line))).toEqual([
        expect.objectContaining({
          ...chat,
          uid: 'u1',
          level: 30,
          features: ['keepalive-preload', 'pre-stop', 'grace-period', 'readiness'],
        }),
        expect.objectContaining({
          ...about,
          uid: 'u2',
          level: 30,
          name: 'plain',
          outcome: 'skipped',
          reason: 'not-asked',
        }),
        expect.objectContaining({
          ...chat,
          uid: 'u3',
          level: 40,
          problems: [expect.stringContaining('60x')],
        }),
        expect.objectContaining({ ...about, uid: 'u4', webhook: 'validate', outcome: 'checked' }),
      ])
    })
  })

  it('never holds the object', async () => {
    const broken = { ...chatPod, spec: { ...chatPod.spec, volumes: [null], initContainers: secret } }
    await withWebhook({ config: () => ({ ...defaultConfig, strict: true }) }, async own => {
      await own.send({}, goodReview)
      await own.send({}, review(podRequest(podWith({ 'longhaul.dev/keepalive-idle': '60x' }))))
      await own.send({}, review(podRequest(broken)))
      await own.send({ path: '/validate' }, review(podRequest(chatPod)))
      await own.send({ path: '/validate' }, review(podRequest(broken)))
      await own.send({}, goodReview.slice(0, -1))
      await own.send({}, JSON.stringify(chatPod))
      expect(own.logLines).toHaveLength(5)
      expect(own.logLines.join('')).not.toContain(secret)
    })
  })
})
