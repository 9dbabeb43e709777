/** The first half: what the preview says, and what the real webhook answers over TLS, are the same. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { V1Pod } from '@kubernetes/client-node'
import jsonPatch from 'fast-json-patch'
import { readDocuments } from '../../src/manifests/documents.ts'
import { type KubernetesObject, podOf } from '../../src/manifests/workloads.ts'
import { heading, say } from './narrate.ts'
import { type RunningWebhook, startWebhook } from './running-webhook.ts'

const root = new URL('../../', import.meta.url).pathname
const bundle = join(root, 'dist/longhaul.js')
const example = 'deploy/examples/chat.yaml'

export async function webhookDemo(): Promise<void> {
  heading(`longhaul preview ${example}`)
  process.stdout.write(preview('diff'))
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-demo-'))
  try {
    await askWebhook(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function askWebhook(folder: string): Promise<void> {
  heading('longhaul serve --standalone')
  const config = join(folder, 'longhaul.yaml')
  writeFileSync(config, 'shutdown: {settle: 200ms}\n')
  const webhook = await startWebhook(bundle, config, folder)
  say(`The webhook listens on port ${webhook.port}; its CA is in ca.crt.`)
  try {
    compare(await webhook.mutate(review()))
  } finally {
    await stop(webhook)
  }
}

/** The pod that the Deployment's ReplicaSet would create. */
function examplePod(): V1Pod {
  const [deployment] = readDocuments(readFileSync(join(root, example), 'utf8'), example)
  return podOf(deployment?.value as KubernetesObject, 'prod')
}

function review() {
  const kind = { group: '', version: 'v1', kind: 'Pod' }
  const request = { uid: 'a0d1f7e2-demo', kind, operation: 'CREATE', namespace: 'prod', object: examplePod() }
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }
}

function compare(answer: { allowed: boolean; patch?: string }): void {
  const patch: jsonPatch.Operation[] = JSON.parse(Buffer.from(answer.patch ?? '', 'base64').toString())
  say(`Asked over verified TLS: allowed ${answer.allowed}, with a patch of ${patch.length} operations:`)
  for (const { op, path } of patch) say(`  ${op} ${path}`)
  const patched = jsonPatch.applyPatch(examplePod(), patch, true).newDocument
  const [previewed] = JSON.parse(preview('json'))
  if (!isDeepStrictEqual(patched, previewed.pod)) {
    throw new Error('the pod with the patch applied is not the one that preview shows')
  }
  say('With the patch applied, the pod equals the one that preview shows.')
}

function preview(format: string): string {
  return execFileSync(process.execPath, [bundle, 'preview', example, '-o', format], {
    cwd: root,
    encoding: 'utf8',
  })
}

async function stop(webhook: RunningWebhook): Promise<void> {
  const status = await webhook.stop()
  if (status !== 0) throw new Error(`the webhook ended with status ${status}`)
  say('SIGTERM: the webhook finished what it had, and ended with status 0.')
}
