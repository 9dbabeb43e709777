/** What is asked of an API server about a namespace that is not known; here one that answers late, or never. */

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createClusterClient } from '../../src/cluster/client/client.ts'
import { createNamespaces } from '../../src/cluster/namespaces.ts'
import { ca, leaf } from '../admission/webhook.ts'
import { folderWith } from '../cli/longhaul.ts'
import { createIdentity } from './identity.ts'

const labels = { 'longhaul.dev/inject': 'true', team: 'one' }

/** A client of a server that leaves its answers to the test. */
async function startServer() {
  const waiting: ServerResponse[] = []
  const server = createServer(leaf, (_request, response) => void waiting.push(response)).listen(
    0,
    '127.0.0.1',
  )
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { file } = createIdentity(await folderWith({}), 'someone', { url, ca }, 'token')
  const answer = (object: object) => {
    for (const response of waiting.splice(0)) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(object))
    }
  }
  return { namespaces: createNamespaces(createClusterClient({ file })), waiting, answer }
}

it('asks once for many pods that come at once, and anew for those that come later', async () => {
  const { namespaces, waiting, answer } = await startServer()
  const burst = Promise.all(Array.from({ length: 50 }, () => namespaces.labelsOf('young')))
  await expect.poll(() => waiting.length).toBe(1)
  answer({ metadata: { name: 'young', labels } })
  expect(new Set(await burst)).toEqual(new Set([{ 'longhaul.dev/inject': 'true' }]))
  const later = namespaces.labelsOf('young')
  await expect.poll(() => waiting.length).toBe(1)
  answer({ metadata: { name: 'young' } })
  expect(await later).toEqual({})
})

it('gives up before the API server gives up the admission', async () => {
  const { namespaces } = await startServer()
  await expect(namespaces.labelsOf('young')).rejects.toThrow('did not answer within 1.2 s')
})

it('keeps nothing of a list but names and its own labels', async () => {
  const { namespaces, waiting, answer } = await startServer()
  const annotations = { long: 'x'.repeat(1000) }
  const listed = namespaces.resource.list({ limit: 500 })
  await expect.poll(() => waiting.length).toBe(1)
  answer({
    metadata: { resourceVersion: '7', continue: 'more' },
    items: [{ metadata: { name: 'one', labels, annotations }, spec: { finalizers: ['kubernetes'] } }],
  })
  const { metadata, items } = await listed
  expect(metadata).toMatchObject({ resourceVersion: '7', _continue: 'more' })
  expect(items).toEqual([{ metadata: { name: 'one', labels: { 'longhaul.dev/inject': 'true' } } }])
})
