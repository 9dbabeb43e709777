/**
 * Answers each request in two parts: the head and `ready` at once, `answered` after the seconds that the query
 * names (`?after=60`), or never.
 */

import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.write('ready\n')
  const after = new URL(request.url ?? '/', 'http://lab').searchParams.get('after')
  if (after !== null) setTimeout(() => response.end('answered\n'), Number(after) * 1000)
})
// Nor does it end connections of its own accord.
server.requestTimeout = 0
server.headersTimeout = 0
server.listen(8080)
