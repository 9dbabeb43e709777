import type { Rule } from '../rule.ts'

export const publishNotReady: Rule = {
  id: 'LH009',
  name: 'publish-not-ready',
  severity: 'error',
  wrong: 'A Service publishes addresses that are not ready.',
  why: 'Its endpoints stay ready while their pods terminate, so that new connections go to pods that are about to end. (A headless Service, by which the members of a cluster find each other, may want that.)',
  source: 'https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec',
  fix: 'Remove publishNotReadyAddresses, or move it to a headless Service of its own.',
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  selector: { app: chat }
  publishNotReadyAddresses: true # <- LH009
  ports:
    - port: 80
`,
    good: `
apiVersion: v1
kind: Service
metadata:
  name: chat-peers
spec:
  clusterIP: None
  selector: { app: chat }
  publishNotReadyAddresses: true
  ports:
    - port: 80
`,
  },
  *find({ services }) {
    for (const at of services) {
      const { clusterIP, publishNotReadyAddresses } = at.object.spec ?? {}
      if (publishNotReadyAddresses !== true || clusterIP === 'None') continue
      yield {
        at,
        path: ['spec', 'publishNotReadyAddresses'],
        message: `Service ${at.name} sends new connections to pods that terminate.`,
      }
    }
  },
}
