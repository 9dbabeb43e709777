/**
 * A stream of short requests, each over a connection of its own: `ready` with the first answer, `ok` for each,
 * `failed WHY` for each that gets no answer of status 200.
 */

import { get } from 'node:http'

const [url = '', perSecond = ''] = process.argv.slice(2)
let isFirst = true
setInterval(ask, 1000 / Number(perSecond))

function ask(): void {
  const request = get(url, { agent: false, timeout: 5000 }, response => {
    response.resume()
    response.on('end', () =>
      response.statusCode === 200 ? succeed() : fail(`status ${response.statusCode}`),
    )
  })
  request.on('timeout', () => request.destroy(new Error('no answer within 5 s')))
  request.on('error', error => fail(error.message))
}

function succeed(): void {
  if (isFirst) process.stdout.write('ready\n')
  isFirst = false
  process.stdout.write('ok\n')
}

function fail(why: string): void {
  process.stdout.write(`failed ${why}\n`)
}
