import type { CheckedPods } from '../input/input.ts'
import type { Rule } from '../rule.ts'
import { trafficServices } from '../traffic.ts'

const kinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet'])

export const pdbMissing: Rule = {
  id: 'LH017',
  name: 'pdb-missing',
  severity: 'warning',
  wrong: 'Nothing keeps evictions from ending all pods behind a Service at once.',
  why: 'Evictions go by PodDisruptionBudgets alone: without one, a drain of several nodes may end every replica together, and their sessions come back to pods that are not there yet.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-budgets',
  fix: 'Add a PodDisruptionBudget with maxUnavailable: 1 that selects them.',
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  selector: { app: chat }
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  replicas: 3 # <- LH017
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 10 }
`,
    good: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  selector: { app: chat }
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  replicas: 3
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 10 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: chat
spec:
  maxUnavailable: 1
  selector:
    matchLabels: { app: chat }
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const count = leastReplicas(at)
      const isMeant = kinds.has(at.object.kind) && count > 1 && trafficServices(at).length > 0
      if (!isMeant || at.budgets.length > 0) continue
      yield {
        at,
        path: ['spec', 'replicas'],
        message: `No PodDisruptionBudget selects the ${count} pods of ${at.object.kind} ${at.name}.`,
      }
    }
  },
}

function leastReplicas({ replicas = 1, autoscalers }: CheckedPods): number {
  return Math.max(replicas, ...autoscalers.map(({ object }) => object.spec?.minReplicas ?? 1))
}
