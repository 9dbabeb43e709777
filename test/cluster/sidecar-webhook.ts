/** A webhook that adds a container to pods that it is labelled for. */

import type { ControlPlane } from './control-plane.ts'
import { startMutatingWebhook } from './mutating-webhook.ts'

const patch = [
  { op: 'add', path: '/spec/containers/-', value: { name: 'sidecar', image: 'example.com/sidecar' } },
  { op: 'add', path: '/metadata/labels/sidecar', value: 'added' },
]

/** Starts it for the namespaces with a label. */
export function startSidecarWebhook(controlPlane: ControlPlane, label: string): Promise<AsyncDisposable> {
  return startMutatingWebhook(controlPlane, {
    name: 'sidecars.example.com',
    label,
    patch: () => patch,
    warnings: ['a "sidecar" was added, as ordered'],
  })
}
