import type { CheckedPods } from '../input/input.ts'
import { type SpotNodes, spotNodes } from '../platforms.ts'
import { defaultGraceSeconds, graceSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

export const graceOverSpot: Rule = {
  id: 'LH007',
  name: 'grace-over-spot',
  severity: 'warning',
  wrong: 'The grace period is longer than the notice that spot nodes get.',
  why: 'Spot nodes are taken away at short notice: 15 seconds remain for pods on GKE, 30 on Azure, 2 minutes on AWS. What has not ended by then is cut off, and its peers are not told.',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html',
  fix: 'Keep sessions off spot nodes, or shorten hook and grace period to what the notice allows.',
  examples: {
    bad: `
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
      nodeSelector:
        karpenter.sh/capacity-type: spot
      terminationGracePeriodSeconds: 300 # <- LH007
      containers:
        - name: chat
          image: example/chat:1.0
`,
    good: `
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
      nodeSelector:
        karpenter.sh/capacity-type: spot
      terminationGracePeriodSeconds: 90
      containers:
        - name: chat
          image: example/chat:1.0
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const grace = graceSeconds(at.spec)
      const limit = spotNodes.find(each => runsOnlyOn(at, each))
      // The default is nobody's wish.
      if (limit === undefined || grace <= Math.max(limit.seconds, defaultGraceSeconds)) continue
      yield {
        at,
        path: [...at.specPath, 'terminationGracePeriodSeconds'],
        message: `The grace period is ${grace} s, and ${limit.of} end ${limit.seconds} s after their notice.`,
      }
    }
  },
}

/** True where the node selector, or each term of the required affinity, asks for them. */
function runsOnlyOn({ spec }: CheckedPods, { label, value }: SpotNodes): boolean {
  if (spec.nodeSelector?.[label] === value) return true
  const affinity = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = affinity?.nodeSelectorTerms ?? []
  const asks = terms.map(({ matchExpressions }) =>
    (matchExpressions ?? []).some(
      ({ key, operator, values }) =>
        key === label && operator === 'In' && values?.every(each => each === value) === true,
    ),
  )
  return asks.length > 0 && asks.every(Boolean)
}
