/** Asks, and waits for the rest of the answer without a timeout: http.get, with Node's default agent. */

import { get } from 'node:http'
import { lost, ready } from './report.ts'

const [url = ''] = process.argv.slice(2)
get(url, response => {
  response.once('data', ready)
  response.on('error', lost)
}).on('error', lost)
