import type { V1Ingress } from '@kubernetes/client-node'
import type { CheckedObject } from '../input/input.ts'
import type { Rule } from '../rule.ts'

type Ingress = CheckedObject<V1Ingress>['object']

const timeout = 'proxy-read-timeout'
const annotation = `nginx.ingress.kubernetes.io/${timeout}`
/** Of ingress-nginx, for the other direction as well. */
const defaultSeconds = 60
/** Where libraries for WebSocket listen by default, and what people call it themselves. */
const webSocketPath = /^\/(?:.*\/)?(?:wss?|websockets?|socket\.io|sockjs|signalr|cable)(?:[/(.]|$)/

export const ingressTimeouts: Rule = {
  id: 'LH023',
  name: 'ingress-timeouts',
  severity: 'warning',
  wrong: 'An Ingress ends WebSocket sessions that are quiet for a minute.',
  why: `ingress-nginx closes a connection over which nothing has come for ${timeout}, ${defaultSeconds} s by default. TCP keepalive does not count: it is no data to the proxy.`,
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets',
  fix: 'Annotate nginx.ingress.kubernetes.io/proxy-read-timeout and proxy-send-timeout with more than the longest silence, such as "3600".',
  examples: {
    bad: `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: chat
spec:
  ingressClassName: nginx
  rules:
    - host: chat.example.com
      http:
        paths:
          - path: /ws # <- LH023
            pathType: Prefix
            backend:
              service:
                name: chat
                port: { number: 80 }
`,
    good: `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: chat
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
    nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
spec:
  ingressClassName: nginx
  rules:
    - host: chat.example.com
      http:
        paths:
          - path: /ws
            pathType: Prefix
            backend:
              service:
                name: chat
                port: { number: 80 }
`,
  },
  *find({ ingresses, configMaps }) {
    // What the controller's own says holds for all of its Ingresses.
    if (configMaps.some(({ object }) => isLong(object.data?.[timeout]))) return
    for (const at of ingresses) {
      if (!isOfNginx(at.object) || isLong(at.object.metadata?.annotations?.[annotation])) continue
      const place = webSocketPlace(at.object)
      if (place === undefined) continue
      yield {
        at,
        path: ['spec', 'rules', place.rule, 'http', 'paths', place.index, 'path'],
        message: `WebSocket sessions at ${place.path} end when they are quiet for ${defaultSeconds} s.`,
      }
    }
  },
}

/** The first path that seems to be of WebSocket. */
function webSocketPlace({ spec }: Ingress) {
  const all = (spec?.rules ?? []).flatMap(({ http }, rule) =>
    (http?.paths ?? []).map(({ path }, index) => ({ rule, index, path: path ?? '' })),
  )
  return all.find(({ path }) => webSocketPath.test(path))
}

function isLong(seconds: unknown): boolean {
  return Number(seconds) > defaultSeconds
}

function isOfNginx({ metadata, spec }: Ingress): boolean {
  return (spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class']) === 'nginx'
}
