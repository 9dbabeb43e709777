/** `npm run manifests`: renders the chart for kubectl, as deploy/longhaul.yaml, and beside it what needs newer API servers. */

import { writeFileSync } from 'node:fs'
import { renderChart, withPolicies } from './helm.ts'

export const manifestsFile = new URL('../deploy/longhaul.yaml', import.meta.url)
export const policyFile = new URL('../deploy/policy.yaml', import.meta.url)
export const guardFile = new URL('../deploy/guard.yaml', import.meta.url)

const rendered = 'Rendered by "npm run manifests"; change the chart instead.'

const beginning = `# Longhaul for kubectl apply: what the Helm chart in charts/longhaul makes with its own values, in a namespace for it.
# ${rendered}
---
apiVersion: v1
kind: Namespace
metadata:
  name: longhaul-system
  labels:
    pod-security.kubernetes.io/enforce: restricted
`

const besideBeginning = `# For kubectl apply beside longhaul.yaml, on Kubernetes 1.30 and later: older API servers know no such kinds.
# ${rendered}
`

/** The text of deploy/longhaul.yaml. Throws without Helm. */
export function manifests(): string {
  return `${beginning}${renderChart('')}`
}

/** The text of deploy/policy.yaml. Throws without Helm. */
export function policyManifests(): string {
  return `${besideBeginning}${renderChart('', withPolicies, '--show-only=templates/policy.yaml')}`
}

/** The text of deploy/guard.yaml. Throws without Helm. */
export function guardManifests(): string {
  return `${besideBeginning}${renderChart('guard: {enabled: true}', '--show-only=templates/guard.yaml')}`
}

if (import.meta.main) {
  writeFileSync(manifestsFile, manifests())
  writeFileSync(policyFile, policyManifests())
  writeFileSync(guardFile, guardManifests())
}
