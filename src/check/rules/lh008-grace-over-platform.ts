import { platforms } from '../platforms.ts'
import { graceSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

export const graceOverPlatform: Rule = {
  id: 'LH008',
  name: 'grace-over-platform',
  severity: 'note',
  wrong: 'The grace period is longer than an upgrade of nodes waits for pods.',
  why: 'Platforms upgrade nodes within a limit for each: an hour on GKE, half an hour on AKS, 15 minutes on EKS. After it pods are cut off, or the upgrade fails.',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html',
  fix: 'Shorten the grace period, or raise the limit where the platform allows it.',
  examples: {
    platform: 'eks',
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
      annotations:
        cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
    spec:
      terminationGracePeriodSeconds: 1200 # <- LH008
      containers:
        - name: chat
          image: example/chat:1.0
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
      terminationGracePeriodSeconds: 600
      containers:
        - name: chat
          image: example/chat:1.0
`,
  },
  *find({ pods }, { platform }) {
    if (platform === undefined) return
    const { seconds, of } = platforms[platform].upgrade
    for (const at of pods) {
      const grace = graceSeconds(at.spec)
      if (grace <= seconds) continue
      yield {
        at,
        path: [...at.specPath, 'terminationGracePeriodSeconds'],
        message: `The grace period is ${grace} s, and ${of} wait ${seconds} s.`,
      }
    }
  },
}
