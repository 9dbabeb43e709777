import { graceSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** Default of `--max-graceful-termination-sec`. */
const limitSeconds = 600
const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict'

export const graceOverAutoscaler: Rule = {
  id: 'LH005',
  name: 'grace-over-autoscaler',
  severity: 'warning',
  wrong: 'The grace period is longer than what cluster-autoscaler grants.',
  why: 'cluster-autoscaler evicts pods with the smaller of their grace period and its own limit, which is 600 seconds unless a flag says otherwise: the rest is cut off when a node is scaled down.',
  source:
    'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#does-ca-respect-gracefultermination-in-scale-down',
  fix: 'Shorten the grace period, or raise --max-graceful-termination-sec of cluster-autoscaler, or keep it from the pods by its annotation safe-to-evict.',
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
      terminationGracePeriodSeconds: 3600 # <- LH005
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
      terminationGracePeriodSeconds: 600
      containers:
        - name: chat
          image: example/chat:1.0
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const grace = graceSeconds(at.spec)
      const isKept = at.pod.metadata?.annotations?.[safeToEvict] === 'false'
      if (grace <= limitSeconds || isKept || at.object.kind === 'DaemonSet') continue
      yield {
        at,
        path: [...at.specPath, 'terminationGracePeriodSeconds'],
        message: `The grace period is ${grace} s, of which cluster-autoscaler grants ${limitSeconds} s.`,
      }
    }
  },
}
