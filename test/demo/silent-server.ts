/** A server that accepts requests and never answers. Prints its port, then a line for each request. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const server = createServer(() => process.stdout.write('request\n'))
server.requestTimeout = 0
server.listen(0, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
