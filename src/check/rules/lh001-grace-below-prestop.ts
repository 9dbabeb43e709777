import { graceSeconds, placedContainers, preStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

export const graceBelowPreStop: Rule = {
  id: 'LH001',
  name: 'grace-below-prestop',
  severity: 'error',
  wrong: 'The preStop hook takes as long as the grace period, or longer.',
  why: 'The grace period begins with the hook. When that has used it up, the application gets SIGTERM and 2 seconds later SIGKILL.',
  source: 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/#hook-handler-execution',
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
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop: # <- LH001
              exec:
                command: [/bin/sleep, "30"]
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
              exec:
                command: [/bin/sleep, "30"]
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const grace = graceSeconds(at.spec)
      for (const { container, path } of placedContainers(at)) {
        const hook = preStopSeconds(container)
        if (hook === 0 || hook < grace) continue
        yield {
          at,
          path: [...path, 'lifecycle', 'preStop'],
          message: `The preStop hook of container ${container.name} takes ${hook} s, and the pod's grace period is ${grace} s.`,
        }
      }
    }
  },
}
