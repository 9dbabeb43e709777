/** The reference for throughput: node:https, which parses the body and sends an answer of the right size. */

import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

const [folder, answerFile] = process.argv.slice(2)
const answer = readFileSync(`${answerFile}`)
const tls = { key: readFileSync(`${folder}/tls.key`), cert: readFileSync(`${folder}/tls.crt`) }

const server = createServer(tls, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString())
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
    response.end(answer)
  })
})
// As Longhaul's: connections stay open while the other server has its turn.
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})
process.once('SIGINT', () => process.exit(0))
