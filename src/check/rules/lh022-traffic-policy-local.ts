import type { CheckedPods } from '../input/input.ts'
import { preStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** Two checks five seconds apart, which is Azure's default: others take longer. */
const checkSeconds = 10

export const trafficPolicyLocal: Rule = {
  id: 'LH022',
  name: 'traffic-policy-local',
  severity: 'warning',
  wrong: 'A load balancer sends connections to nodes on which no pod is left.',
  why: "With externalTrafficPolicy: Local a node without a pod drops what comes, and the load balancer learns of it by the node's health check alone, some 10 to 30 s after the last pod there began to end.",
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy',
  fix: 'Delay SIGTERM for as long as a health check needs to fail, such as 30 s.',
  setting: { key: 'pre-stop-sleep', value: '30s' },
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local # <- LH022
  selector: { app: chat }
  ports:
    - port: 80
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
      terminationGracePeriodSeconds: 60
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 5 }
`,
    good: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  selector: { app: chat }
  ports:
    - port: 80
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
      terminationGracePeriodSeconds: 60
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 30 }
`,
  },
  *find({ services }) {
    for (const at of services) {
      const { type, externalTrafficPolicy } = at.object.spec ?? {}
      if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local') continue
      const short = at.pods.find(each => delaySeconds(each) < checkSeconds)
      if (short === undefined) continue
      yield {
        at,
        path: ['spec', 'externalTrafficPolicy'],
        message: `Pods of ${short.object.kind} ${short.name} get SIGTERM after ${delaySeconds(short)} s, before a health check of their node has failed.`,
      }
    }
  },
}

/** What the quickest of its containers waits for before SIGTERM; a hook whose time can't be read is taken to do it. */
function delaySeconds({ spec }: CheckedPods): number {
  const seconds = spec.containers.map(each => {
    const isUnknown = each.lifecycle?.preStop != null && preStopSeconds(each) === 0
    return isUnknown ? checkSeconds : preStopSeconds(each)
  })
  return Math.min(...seconds)
}
