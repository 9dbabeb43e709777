import { valueAt } from '../../manifests/workloads.ts'
import type { CheckedPods } from '../input/input.ts'
import type { Rule } from '../rule.ts'
import { servingPods } from '../traffic.ts'

export const noPreStop: Rule = {
  id: 'LH004',
  name: 'no-prestop',
  severity: 'warning',
  wrong: 'A Service sends traffic to pods whose SIGTERM nothing delays.',
  why: 'SIGTERM comes at the same moment as the news that the endpoint is going: proxies and load balancers send new connections for seconds to a program that no longer accepts any.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow',
  fix: 'Add a preStop hook that sleeps for as long as endpoints and load balancers need to forget the pod.',
  setting: { key: 'pre-stop-sleep', value: '10s' },
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
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat # <- LH004
          image: example/chat:1.0
          ports:
            - containerPort: 8080
          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
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
    for (const { at, service, serving } of servingPods(pods)) {
      const [first] = serving
      const hasHook = serving.some(({ container }) => container.lifecycle?.preStop != null)
      if (hasHook || !hasSuccessors(at)) continue
      yield {
        at,
        path: first.path,
        message: `Container ${first.container.name} gets SIGTERM while Service ${service.name} still sends to it.`,
      }
    }
  },
}

/** True where others take the traffic of a pod that ends: replicas, or the one that a rollout starts before. */
function hasSuccessors({ object, replicas, autoscalers }: CheckedPods): boolean {
  if (object.kind === 'Deployment') return valueAt(object, ['spec', 'strategy', 'type']) !== 'Recreate'
  if (object.kind === 'Pod') return false
  return replicas !== 1 || autoscalers.length > 0
}
