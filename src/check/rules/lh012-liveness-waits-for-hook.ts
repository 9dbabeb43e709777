import { placedContainers, preStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** Shorter hooks hold a restart up by less than the probe itself took. */
const longSeconds = 30

export const livenessWaitsForHook: Rule = {
  id: 'LH012',
  name: 'liveness-waits-for-hook',
  severity: 'warning',
  wrong: 'A container that hangs is restarted only after a long preStop hook.',
  why: 'Where a liveness or startup probe fails, the kubelet runs the preStop hook and grants the grace period before it restarts the container, though nothing is served any more.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#probe-level-terminationgraceperiodseconds',
  fix: "Set terminationGracePeriodSeconds of the probe to what the application needs after SIGTERM: it counts in place of the pod's.",
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
      terminationGracePeriodSeconds: 330
      containers:
        - name: chat
          image: example/chat:1.0
          livenessProbe: # <- LH012
            httpGet: { path: /alive, port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 300 }
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
      terminationGracePeriodSeconds: 330
      containers:
        - name: chat
          image: example/chat:1.0
          livenessProbe:
            httpGet: { path: /alive, port: 8080 }
            terminationGracePeriodSeconds: 30
          lifecycle:
            preStop:
              sleep: { seconds: 300 }
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      for (const { container, path } of placedContainers(at)) {
        const hook = preStopSeconds(container)
        if (hook < longSeconds) continue
        for (const probe of ['livenessProbe', 'startupProbe'] as const) {
          const set = container[probe]
          if (set == null || set.terminationGracePeriodSeconds != null) continue
          yield {
            at,
            path: [...path, probe],
            message: `Where the ${probe} of container ${container.name} fails, its hook of ${hook} s comes before the restart.`,
          }
        }
      }
    }
  },
}
