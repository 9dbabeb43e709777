/** Only clients of one CA are answered, over real TLS. */

import { once } from 'node:events'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRefusedClients } from '../../src/admission/client-certificate.ts'
import { client, clientAuthority, expiredClient, otherClient } from './client-certificates.ts'
import { chatPod, podRequest, responseOf, review } from './reviews.ts'
import { ca, leaf, startWebhook, type Webhook } from './webhook.ts'

const goodReview = review(podRequest(chatPod))
const refusals = 'longhaul_refused_requests_total{status="403"}'

describe('a webhook with a client CA', () => {
  let webhook: Webhook

  beforeAll(async () => {
    webhook = await startWebhook({ clientCA: clientAuthority.cert })
  })

  afterAll(() => webhook.close())

  it('answers a client with a certificate of that CA', async () => {
    const answer = await webhook.send({ ...client }, goodReview)
    expect(answer.status).toBe(200)
    expect(responseOf(answer)).toMatchObject({ allowed: true, patchType: 'JSONPatch' })
  })

  it.each([
    ['none', {}, 'it showed no client certificate'],
    ['one of another CA', otherClient, 'its certificate is not accepted ('],
    ['one that has expired', expiredClient, 'its certificate is not accepted (CERT_HAS_EXPIRED)'],
    ["a server's", leaf, 'its certificate is not accepted ('],
  ])('refuses a client with %s, in words', async (_, shown, reason) => {
    const before = await webhook.count(refusals)
    const answer = await webhook.send({ ...shown }, goodReview)
    expect(answer.status).toBe(403)
    expect(answer.headers.connection).toBe('close')
    const { kind, code, message } = JSON.parse(answer.body)
    expect({ kind, code }).toEqual({ kind: 'Status', code: 403 })
    expect(message).toContain(reason)
    expect(message).toContain("AdmissionConfiguration's kubeConfigFile")
    expect(await webhook.count(refusals)).toBe(before + 1)
  })

  it('refuses before anything of a body came, whatever is asked for', async () => {
    const socket = connect({ port: webhook.port, host: '127.0.0.1', ca })
    socket.write('POST /mutate HTTP/1.1\r\nhost: a\r\ncontent-length: 7000000\r\n\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /)
    socket.destroy()
    expect((await webhook.send({ path: '/', method: 'GET' })).status).toBe(403)
  })

  it('says so in one line of the log for all of them', () => {
    const lines = webhook.logLines.map(line => JSON.parse(line)).filter(({ msg }) => /refused/.test(msg))
    expect(lines).toEqual([expect.objectContaining({ level: 40, refused: 1, reason: expect.any(String) })])
  })
})

it('without a client CA no certificate is asked for', async () => {
  const webhook = await startWebhook()
  expect((await webhook.send({}, goodReview)).status).toBe(200)
  expect((await webhook.send({ ...otherClient }, goodReview)).status).toBe(200)
  await webhook.close()
})

it('of refused clients there is a line a minute, which counts those since the last', () => {
  const lines: unknown[] = []
  let nowMs = 0
  const log = { warn: (line: unknown) => void lines.push(line) }
  const refused = createRefusedClients(log as never, () => nowMs)
  for (; nowMs < 60_000; nowMs += 1000) refused.log(`at ${nowMs}`)
  expect(lines).toEqual([{ reason: 'at 0', refused: 1 }])
  refused.log('after a minute')
  expect(lines.at(-1)).toEqual({ reason: 'after a minute', refused: 60 })
})
