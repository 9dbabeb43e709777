/** Label selectors of workloads, as queries of the API take them. */

import type { V1LabelSelector, V1LabelSelectorRequirement } from '@kubernetes/client-node'

/** Such as `app=chat,tier in (a,b),!canary`; '' chooses everything. */
export function labelSelectorText({ matchLabels = {}, matchExpressions = [] }: V1LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  return [...equal, ...matchExpressions.map(requirementText)].join(',')
}

function requirementText({ key, operator, values = [] }: V1LabelSelectorRequirement): string {
  if (operator === 'Exists') return key
  if (operator === 'DoesNotExist') return `!${key}`
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
}
