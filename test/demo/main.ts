/** `npm run demo`: Longhaul's main job, on a real example, step by step. */

import { nativeDemo } from './native.ts'
import { webhookDemo } from './webhook.ts'

try {
  await webhookDemo()
  await nativeDemo()
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
