/** Leave to send a body, for clients that ask for it (`Expect: 100-continue`, RFC 9110, 10.1.1). */

import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/**
 * Gives leave once the body is read, where Node does at once: what is refused by its head is refused before the client
 * sends the rest.
 */
export function continueOnceRead(server: Pick<Server, 'on' | 'emit'>): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // After an answer, Node reads to the end of the request.
    request.once('resume', () => {
      if (!response.headersSent) response.writeContinue()
    })
    server.emit('request', request, response)
  })
}
