import { longestPreStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** From here on somebody who waits for it takes notice. */
const longSeconds = 600

export const orderedStatefulSet: Rule = {
  id: 'LH015',
  name: 'ordered-statefulset',
  severity: 'warning',
  wrong: 'A StatefulSet waits for the end of each of its pods, one after the other.',
  why: 'With OrderedReady, the default, scaling down deletes the next pod when the one before it is gone, so that it takes the time of a drain for each.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-management-policies',
  fix: 'Make it anew with podManagementPolicy: Parallel, where the pods need no order. (Rollouts stay one by one, unless updateStrategy.rollingUpdate.maxUnavailable says otherwise.)',
  examples: {
    bad: `
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: broker
spec:
  replicas: 5
  serviceName: broker
  podManagementPolicy: OrderedReady # <- LH015
  selector:
    matchLabels: { app: broker }
  template:
    metadata:
      labels: { app: broker }
    spec:
      terminationGracePeriodSeconds: 330
      containers:
        - name: broker
          image: example/broker:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 300 }
`,
    good: `
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: broker
spec:
  replicas: 5
  serviceName: broker
  podManagementPolicy: Parallel
  selector:
    matchLabels: { app: broker }
  template:
    metadata:
      labels: { app: broker }
    spec:
      terminationGracePeriodSeconds: 330
      containers:
        - name: broker
          image: example/broker:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 300 }
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const { object, replicas = 0 } = at
      const { podManagementPolicy } = { ...(object['spec'] as { podManagementPolicy?: unknown }) }
      if (object.kind !== 'StatefulSet' || podManagementPolicy === 'Parallel') continue
      const each = longestPreStopSeconds(at)
      if (replicas < 2 || replicas * each < longSeconds) continue
      yield {
        at,
        path: ['spec', 'podManagementPolicy'],
        message: `Its ${replicas} pods end one after the other, which takes up to ${each} s each, ${replicas * each} s in all.`,
      }
    }
  },
}
