/**
 * Says `begun PATH` for each request: /wait is answered late, /upload once it is whole, /download with more than the
 * buffers on the way hold, others at once. At SIGTERM it ends at once.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const [waitMs = '', downloadBytes = ''] = process.argv.slice(2)

createServer(async (request, response) => {
  process.stdout.write(`begun ${request.url}\n`)
  await serve(request, response).catch((error: Error) => response.destroy(error))
}).listen(8080)
process.on('SIGTERM', () => process.exit(0))

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _ of request);
  if (request.url === '/wait') await delay(Number(waitMs))
  response.end(Buffer.alloc(request.url === '/download' ? Number(downloadBytes) : 1))
}
