import type { V1PodDisruptionBudget } from '@kubernetes/client-node'
import type { CheckedObject, CheckedPods } from '../input/input.ts'
import type { Found, Rule } from '../rule.ts'

type Budget = CheckedObject<V1PodDisruptionBudget>

export const pdbBlocks: Rule = {
  id: 'LH018',
  name: 'pdb-blocks',
  severity: 'warning',
  wrong: 'A PodDisruptionBudget allows no disruption.',
  why: 'Its pods are never evicted. A drain of their node waits, until somebody deletes them by force or the platform does, and then all of their connections are cut at once.',
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget',
  fix: 'Write maxUnavailable: 1, and run at least two replicas.',
  examples: {
    bad: `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: chat
spec:
  minAvailable: 2 # <- LH018
  selector:
    matchLabels: { app: chat }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  replicas: 2
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
`,
    good: `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: chat
spec:
  maxUnavailable: 1
  selector:
    matchLabels: { app: chat }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  replicas: 2
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
`,
  },
  *find({ budgets, pods }) {
    const selected = Map.groupBy(
      pods.flatMap(each => each.budgets.map(budget => ({ budget, each }))),
      ({ budget }) => budget,
    )
    for (const at of budgets) yield* blocks(at, selected.get(at)?.map(({ each }) => each) ?? [])
  },
}

function* blocks(at: Budget, pods: readonly CheckedPods[]): Iterable<Found> {
  const { minAvailable, maxUnavailable } = at.object.spec ?? {}
  const replicas = replicasOf(pods)
  if (isNone(maxUnavailable)) {
    yield {
      at,
      path: ['spec', 'maxUnavailable'],
      message: `maxUnavailable: ${maxUnavailable} allows no eviction.`,
    }
  } else if (String(minAvailable) === '100%') {
    yield { at, path: ['spec', 'minAvailable'], message: 'minAvailable: 100% allows no eviction.' }
  } else if (typeof minAvailable === 'number' && replicas !== undefined && minAvailable >= replicas) {
    const message = `minAvailable: ${minAvailable} of ${replicas} pods allows no eviction.`
    yield { at, path: ['spec', 'minAvailable'], message }
  }
}

function isNone(value: unknown): boolean {
  return value === 0 || value === '0' || value === '0%'
}

/** All pods together; undefined where there are none, or others decide how many there are. */
function replicasOf(pods: readonly CheckedPods[]): number | undefined {
  const counts = pods.map(({ replicas, autoscalers }) => (autoscalers.length > 0 ? undefined : replicas))
  if (counts.length === 0 || counts.includes(undefined)) return undefined
  return counts.reduce<number>((sum, each) => sum + (each ?? 0), 0)
}
