import { graceSeconds, placedContainers, preStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** Less is hardly enough for a program to end its connections. */
const leastSeconds = 5

export const graceNoRoom: Rule = {
  id: 'LH002',
  name: 'grace-no-room',
  severity: 'warning',
  wrong: 'The preStop hook leaves the application less than 5 seconds.',
  why: 'What is left of the grace period after the hook is all that the application has between SIGTERM and SIGKILL, to end its connections in its own way.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow',
  fix: 'Raise terminationGracePeriodSeconds to the time of the hook and what the application needs after SIGTERM.',
  setting: { key: 'grace-period', value: '60s' },
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
      terminationGracePeriodSeconds: 32
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop: # <- LH002
              sleep: { seconds: 30 }
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
      terminationGracePeriodSeconds: 60
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 30 }
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const grace = graceSeconds(at.spec)
      for (const { container, path } of placedContainers(at)) {
        const hook = preStopSeconds(container)
        const left = grace - hook
        if (hook === 0 || left <= 0 || left >= leastSeconds) continue
        yield {
          at,
          path: [...path, 'lifecycle', 'preStop'],
          message: `The preStop hook of container ${container.name} takes ${hook} s of ${grace} s: ${left} s are left after SIGTERM.`,
        }
      }
    }
  },
}
