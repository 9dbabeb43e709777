import { volumeName } from '../../mutation/delivery.ts'
import type { Rule } from '../rule.ts'

export const localStorageDrain: Rule = {
  id: 'LH026',
  name: 'local-storage-drain',
  severity: 'note',
  wrong: 'kubectl drain refuses the nodes of these pods.',
  why: 'An emptyDir counts as local storage, one in memory too: without --delete-emptydir-data kubectl drain stops before it has evicted anything.',
  source: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_drain/',
  fix: 'Give kubectl drain the flag --delete-emptydir-data in maintenance scripts.',
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
      volumes:
        - name: cache
          emptyDir: {} # <- LH026
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
      volumes:
        - name: cache
          persistentVolumeClaim: { claimName: cache }
      containers:
        - name: chat
          image: example/chat:1.0
`,
  },
  *find({ pods }) {
    for (const at of pods.filter(({ object }) => object.kind !== 'DaemonSet')) {
      const local = at.spec.volumes?.filter(({ emptyDir }) => emptyDir != null) ?? []
      const volume = local.find(({ name }) => name !== volumeName) ?? local[0]
      if (volume === undefined) continue
      const isOwn = volume.name === volumeName
      yield {
        at,
        path: [...at.specPath, 'volumes', { name: volume.name }, 'emptyDir'],
        message: `${isOwn ? "Longhaul's volume" : `The volume ${volume.name}`} counts as local storage.`,
      }
    }
  },
}
