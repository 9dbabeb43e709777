/**
 * A stream of short requests, each over a connection of its own: `ready` with the first answer; `sent NUMBER` for
 * each, and `ok NUMBER` or `failed NUMBER WHY` for what became of it. At SIGTERM it sends no more, and ends when all
 * have an answer or none within their time. Times are divided by the lab's scale.
 */

import { get } from 'node:http'

const [url = '', perSecond = '', scale = ''] = process.argv.slice(2)
const timeoutMs = 10_000 / Number(scale)
let sent = 0
let isReady = false
const asking = setInterval(ask, 1000 / Number(perSecond) / Number(scale))
process.on('SIGTERM', () => clearInterval(asking))

function ask(): void {
  sent += 1
  const number = sent
  say(`sent ${number}`)
  const request = get(url, { agent: false, timeout: timeoutMs }, response => {
    response.resume()
    response.on('end', () =>
      response.statusCode === 200 ? succeed(number) : fail(number, `status ${response.statusCode}`),
    )
  })
  request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)))
  request.on('error', error => fail(number, error.message))
}

function succeed(number: number): void {
  if (!isReady) say('ready')
  isReady = true
  say(`ok ${number}`)
}

function fail(number: number, why: string): void {
  say(`failed ${number} ${why}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
