import type { Rule } from '../rule.ts'

export const affinityClientIp: Rule = {
  id: 'LH020',
  name: 'affinity-client-ip',
  severity: 'note',
  wrong: 'A Service pins clients to pods by their address.',
  why: 'Whoever is behind one NAT or proxy goes to one pod, and stays there until nothing has come for three hours: pods that are added when load rises get only addresses that are new.',
  source: 'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
  fix: 'Pin sessions by a cookie, in the Ingress or Gateway, or let the application need no affinity.',
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  sessionAffinity: ClientIP # <- LH020
  selector: { app: chat }
  ports:
    - port: 80
`,
    good: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  sessionAffinity: None
  selector: { app: chat }
  ports:
    - port: 80
`,
  },
  *find({ services }) {
    for (const at of services) {
      if (at.object.spec?.sessionAffinity !== 'ClientIP') continue
      yield {
        at,
        path: ['spec', 'sessionAffinity'],
        message: `Service ${at.name} pins clients to pods by their address.`,
      }
    }
  },
}
