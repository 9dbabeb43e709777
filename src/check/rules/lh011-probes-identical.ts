import { isDeepStrictEqual } from 'node:util'
import type { V1Probe } from '@kubernetes/client-node'
import { placedContainers } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

export const probesIdentical: Rule = {
  id: 'LH011',
  name: 'probes-identical',
  severity: 'warning',
  wrong: 'The liveness probe is the same as the readiness probe.',
  why: 'A container that is overloaded is then not taken out of the endpoints for a while, but restarted at that very moment, and every session on it is cut.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/#liveness-probe',
  fix: 'Let the liveness probe ask for less, or fail later (a higher failureThreshold), or remove it.',
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
          readinessProbe:
            httpGet: { path: /health, port: 8080 }
          livenessProbe: # <- LH011
            httpGet: { path: /health, port: 8080 }
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
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            httpGet: { path: /health, port: 8080 }
          livenessProbe:
            httpGet: { path: /health, port: 8080 }
            failureThreshold: 10
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      for (const { container, path } of placedContainers(at)) {
        const { livenessProbe, readinessProbe } = container
        if (livenessProbe == null || readinessProbe == null) continue
        if (!isDeepStrictEqual(handlerOf(livenessProbe), handlerOf(readinessProbe))) continue
        if (failsAfter(livenessProbe) > failsAfter(readinessProbe)) continue
        yield {
          at,
          path: [...path, 'livenessProbe'],
          message: `Container ${container.name} is restarted when it stops being ready: both probes ask the same.`,
        }
      }
    }
  },
}

function handlerOf({ exec, grpc, httpGet, tcpSocket }: V1Probe): unknown {
  return { exec, grpc, httpGet, tcpSocket }
}

/** Seconds of failures until a probe acts, with the API server's defaults. */
function failsAfter({ failureThreshold, periodSeconds }: V1Probe): number {
  return (failureThreshold ?? 3) * (periodSeconds ?? 10)
}
