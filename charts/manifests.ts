/** `npm run manifests`: renders the chart for kubectl, as deploy/longhaul.yaml. */

import { writeFileSync } from 'node:fs'
import { renderChart } from './helm.ts'

export const manifestsFile = new URL('../deploy/longhaul.yaml', import.meta.url)

const beginning = `# Longhaul for kubectl apply: what the Helm chart in charts/longhaul makes with its own values, in a namespace for it.
# Rendered by "npm run manifests"; change the chart instead.
---
apiVersion: v1
kind: Namespace
metadata:
  name: longhaul-system
  labels:
    pod-security.kubernetes.io/enforce: restricted
`

/** The text of the file. Throws without Helm. */
export function manifests(): string {
  return `${beginning}${renderChart('')}`
}

if (import.meta.main) writeFileSync(manifestsFile, manifests())
