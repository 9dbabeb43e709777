import { valueAt } from '../../manifests/workloads.ts'
import { longestPreStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

const typePath = ['spec', 'strategy', 'type']

export const recreateWithDrain: Rule = {
  id: 'LH013',
  name: 'recreate-with-drain',
  severity: 'error',
  wrong: 'A Deployment with the strategy Recreate waits before it ends.',
  why: 'Recreate starts no new pod before the last old one has ended: the time that the hooks take is downtime, and no other pod takes the traffic meanwhile.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#recreate-deployment',
  fix: 'Use RollingUpdate, or, where two versions must not run together, remove the hook.',
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
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  strategy:
    type: Recreate # <- LH013
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
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
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  strategy:
    type: RollingUpdate
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 10 }
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const hook = longestPreStopSeconds(at)
      const isRecreated = valueAt(at.object, typePath) === 'Recreate'
      if (at.object.kind !== 'Deployment' || !isRecreated || hook === 0 || at.services.length === 0) continue
      yield {
        at,
        path: typePath,
        message: `A rollout serves nobody for up to ${hook} s, which the preStop hooks of the old pods take.`,
      }
    }
  },
}
