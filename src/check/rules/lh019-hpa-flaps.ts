import { longestPreStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** What the controller takes where nothing is written. */
const defaultWindowSeconds = 300

export const hpaFlaps: Rule = {
  id: 'LH019',
  name: 'hpa-flaps',
  severity: 'warning',
  wrong: 'An autoscaler takes pods away sooner than their sessions end.',
  why: 'A pod that drains does not count any more: load that comes back within that time makes new pods, which go again with the next lull, and each time sessions have to move.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#stabilization-window',
  fix: 'Set behavior.scaleDown.stabilizationWindowSeconds to the time of a drain at least.',
  examples: {
    bad: `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: chat
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: chat
  minReplicas: 2
  maxReplicas: 20
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 300 # <- LH019
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
      terminationGracePeriodSeconds: 530
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 500 }
`,
    good: `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: chat
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: chat
  minReplicas: 2
  maxReplicas: 20
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 600
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
      terminationGracePeriodSeconds: 530
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 500 }
`,
  },
  *find({ pods }) {
    for (const each of pods) {
      const drain = longestPreStopSeconds(each)
      for (const at of each.autoscalers) {
        const { selectPolicy, stabilizationWindowSeconds } = at.object.spec?.behavior?.scaleDown ?? {}
        const window = stabilizationWindowSeconds ?? defaultWindowSeconds
        if (selectPolicy === 'Disabled' || drain <= window) continue
        yield {
          at,
          path: ['spec', 'behavior', 'scaleDown', 'stabilizationWindowSeconds'],
          message: `It scales down after ${window} s, and pods of ${each.object.kind} ${each.name} drain for up to ${drain} s.`,
        }
      }
    }
  },
}
