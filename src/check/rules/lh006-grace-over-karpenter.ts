import { parseDuration } from '../../policy/duration.ts'
import type { CheckedObject, CheckedPods, NodePool } from '../input/input.ts'
import { graceSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

export const graceOverKarpenter: Rule = {
  id: 'LH006',
  name: 'grace-over-karpenter',
  severity: 'warning',
  wrong: 'A NodePool ends its nodes sooner than the grace period of pods.',
  why: 'When terminationGracePeriod of a NodePool is over, Karpenter deletes the pods that are left on the node, whatever their own grace period and PodDisruptionBudgets say.',
  source: 'https://karpenter.sh/docs/concepts/disruption/#terminationgraceperiod',
  fix: 'Make terminationGracePeriod of the NodePool longer than the longest grace period of its pods.',
  examples: {
    bad: `
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: general
spec:
  template:
    spec:
      terminationGracePeriod: 5m # <- LH006
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      terminationGracePeriodSeconds: 600
      containers:
        - name: chat
          image: example/chat:1.0
`,
    good: `
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: general
spec:
  template:
    spec:
      terminationGracePeriod: 1h
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      terminationGracePeriodSeconds: 600
      containers:
        - name: chat
          image: example/chat:1.0
`,
  },
  *find({ pods, nodePools }) {
    for (const at of nodePools) {
      const written = at.object.spec?.template?.spec?.terminationGracePeriod
      const limit = typeof written === 'string' ? parseDuration(written) : undefined
      if (limit === undefined) continue
      const longer = pods.filter(each => mayRunOn(each, at) && graceSeconds(each.spec) * 1000 > limit)
      const [first] = longer
      if (first === undefined) continue
      const others = longer.length === 1 ? '' : `, as ${longer.length - 1} more`
      yield {
        at,
        path: ['spec', 'template', 'spec', 'terminationGracePeriod'],
        message: `NodePool ${at.name} ends nodes after ${written}; the pods of ${first.object.kind} ${first.name} have a grace period of ${graceSeconds(first.spec)} s${others}.`,
      }
    }
  },
}

/** Pods may select the nodes of a pool; those of one with taints are for pods that select it. */
function mayRunOn({ spec }: CheckedPods, pool: CheckedObject<NodePool>): boolean {
  const chosen = spec.nodeSelector?.['karpenter.sh/nodepool']
  const isOpen = (pool.object.spec?.template?.spec?.taints ?? []).length === 0
  return chosen === undefined ? isOpen : chosen === pool.name
}
