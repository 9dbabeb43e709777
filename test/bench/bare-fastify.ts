/** The reference for start-up: fastify with nothing in it but one route. */

import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'

const folder = process.argv[2]
const app = fastify({
  https: { key: readFileSync(`${folder}/tls.key`), cert: readFileSync(`${folder}/tls.crt`) },
})
app.post('/mutate', async () => ({ allowed: true }))
await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${JSON.stringify({ port: (app.server.address() as AddressInfo).port })}\n`)
process.once('SIGINT', () => process.exit(0))
