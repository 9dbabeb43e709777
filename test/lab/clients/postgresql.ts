/** A session that waits for notifications, or a pool with an idle connection in it. */

import { Client, Pool } from 'pg'
import { lost, ready } from './report.ts'

const [host = '', kind = ''] = process.argv.slice(2)
const account = { host, user: 'postgres', database: 'postgres' }
if (kind === 'listen') await listen()
else await idlePool()
ready()

async function listen(): Promise<void> {
  const client = new Client(account)
  client.on('error', lost)
  await client.connect()
  await client.query('LISTEN news')
}

async function idlePool(): Promise<void> {
  const pool = new Pool({ ...account, idleTimeoutMillis: 0 })
  pool.on('error', lost)
  await pool.query('SELECT 1')
}
