import type { Rule } from '../rule.ts'
import { servingPods } from '../traffic.ts'

export const noReadiness: Rule = {
  id: 'LH010',
  name: 'no-readiness',
  severity: 'error',
  wrong: 'A Service sends traffic to pods without a readiness probe.',
  why: 'Without one a container counts as ready when it has been started: new connections come before the program listens, and a rollout ends the old pods too early.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#readiness-probe',
  fix: 'Add a readinessProbe to the container that serves the port.',
  setting: { key: 'readiness', value: 'auto' },
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
        - name: chat # <- LH010
          image: example/chat:1.0
          ports:
            - containerPort: 8080
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
      if (serving.some(({ container }) => container.readinessProbe != null)) continue
      yield {
        at,
        path: first.path,
        message: `Service ${service.name} sends to container ${first.container.name} as soon as it has been started.`,
      }
    }
  },
}
