import type { V1Container, V1Probe } from '@kubernetes/client-node'
import type { CheckedPods } from '../input/input.ts'
import { postStartSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** What the API server fills in. */
const defaults = { deadlineSeconds: 600, periodSeconds: 10, failureThreshold: 3 }

interface DeploymentTimes {
  progressDeadlineSeconds?: number
  minReadySeconds?: number
}

export const progressDeadline: Rule = {
  id: 'LH016',
  name: 'progress-deadline',
  severity: 'warning',
  wrong: 'A rollout is given up before its pods have had the time to start that they are given.',
  why: 'progressDeadlineSeconds runs until a pod is available, which a startup probe, a postStart hook and minReadySeconds put off. Then the rollout counts as failed, and what waits for it (kubectl rollout status, Helm, Argo CD) gives up.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds',
  fix: 'Raise progressDeadlineSeconds above what pods may take, with room for pulling images.',
  examples: {
    bad: `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  progressDeadlineSeconds: 60 # <- LH016
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          startupProbe:
            tcpSocket: { port: 8080 }
            periodSeconds: 5
            failureThreshold: 24
`,
    good: `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  progressDeadlineSeconds: 300
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          startupProbe:
            tcpSocket: { port: 8080 }
            periodSeconds: 5
            failureThreshold: 24
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      if (at.object.kind !== 'Deployment') continue
      const { progressDeadlineSeconds, minReadySeconds = 0 } = (at.object['spec'] ?? {}) as DeploymentTimes
      const deadline = progressDeadlineSeconds ?? defaults.deadlineSeconds
      const start = startSeconds(at) + minReadySeconds
      if (start < deadline) continue
      yield {
        at,
        path: ['spec', 'progressDeadlineSeconds'],
        message: `Its pods may take ${start} s to become available, and the rollout is given up after ${deadline} s.`,
      }
    }
  },
}

/** How long its pods may take to be Ready, as far as their probes and hooks tell. */
function startSeconds({ spec }: CheckedPods): number {
  return Math.max(0, ...spec.containers.map(containerSeconds))
}

function containerSeconds(container: V1Container): number {
  const { startupProbe, readinessProbe } = container
  const probing = startupProbe == null ? 0 : probeSeconds(startupProbe)
  return postStartSeconds(container) + probing + (readinessProbe?.initialDelaySeconds ?? 0)
}

/** Until it has failed for good. */
function probeSeconds({ initialDelaySeconds, periodSeconds, failureThreshold }: V1Probe): number {
  const period = periodSeconds ?? defaults.periodSeconds
  return (initialDelaySeconds ?? 0) + period * (failureThreshold ?? defaults.failureThreshold)
}
