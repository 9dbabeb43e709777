import type { V1ConfigMap, V1Ingress } from '@kubernetes/client-node'
import type { CheckedInput, CheckedObject } from '../input/input.ts'
import { longestPreStopSeconds } from '../pod-end.ts'
import type { Found, Rule } from '../rule.ts'

type Ingress = CheckedObject<V1Ingress>

const timeout = 'proxy-read-timeout'
const annotation = `nginx.ingress.kubernetes.io/${timeout}`
/** Of ingress-nginx, for the other direction as well. */
const defaultSeconds = 60
const shutdown = 'worker-shutdown-timeout'
const defaultShutdownSeconds = 240
/** Where libraries for WebSocket listen by default, and what people call it themselves. */
const webSocketPath = /^\/(?:.*\/)?(?:wss?|websockets?|socket\.io|sockjs|signalr|cable)(?:[/(.]|$)/

export const ingressTimeouts: Rule = {
  id: 'LH023',
  name: 'ingress-timeouts',
  severity: 'warning',
  wrong: 'An Ingress ends sessions that are quiet for a minute, or still there some minutes after a reload.',
  why: `ingress-nginx closes a connection over which nothing has come for ${timeout}, ${defaultSeconds} s by default (TCP keepalive is no data to it); and when an Ingress changes, old workers end after ${shutdown}, ${defaultShutdownSeconds} s by default, with all sessions that they have.`,
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/miscellaneous/#websockets',
  fix: 'Annotate nginx.ingress.kubernetes.io/proxy-read-timeout and proxy-send-timeout with more than the longest silence, such as "3600", and set worker-shutdown-timeout in the ConfigMap to the time of a session.',
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
  *find(input) {
    yield* quietSessions(input)
    yield* reloads(input)
  },
}

function* quietSessions({ ingresses, configMaps }: CheckedInput): Iterable<Found> {
  // What the controller's own says holds for all of its Ingresses.
  const inGeneral = configMaps.map(({ object }) => secondsOf(object.data?.[timeout])).find(isSet)
  for (const at of ingresses.filter(isOfNginx)) {
    const own = secondsOf(at.object.metadata?.annotations?.[annotation])
    const seconds = own ?? inGeneral ?? defaultSeconds
    const place = webSocketPlace(at)
    if (seconds > defaultSeconds || place === undefined) continue
    yield {
      at,
      path: ['spec', 'rules', place.rule, 'http', 'paths', place.index, 'path'],
      message: `WebSocket sessions at ${place.path} end when they are quiet for ${seconds} s.`,
    }
  }
}

/** Of a controller whose ConfigMap is there, and drains that say how long sessions last. */
function* reloads({ ingresses, configMaps, services }: CheckedInput): Iterable<Found> {
  const byName = new Map(services.map(each => [nameKey(each.namespace, each.name), each]))
  const pods = ingresses
    .filter(isOfNginx)
    .flatMap(each => backendsOf(each).map(name => byName.get(nameKey(each.namespace, name))))
    .flatMap(service => service?.pods ?? [])
  const drain = Math.max(0, ...pods.map(longestPreStopSeconds))
  for (const at of configMaps.filter(isOfController)) {
    const seconds = secondsOf(at.object.data?.[shutdown]) ?? defaultShutdownSeconds
    if (seconds >= drain) continue
    yield {
      at,
      path: ['data', shutdown],
      message: `Sessions end ${seconds} s after a reload, and drains take up to ${drain} s.`,
    }
  }
}

function backendsOf({ object: { spec } }: Ingress): string[] {
  const backends = (spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(each => each.backend))
  return [spec?.defaultBackend, ...backends].flatMap(each => each?.service?.name ?? [])
}

function nameKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

/** The first path that seems to be of WebSocket. */
function webSocketPlace({ object: { spec } }: Ingress) {
  const all = (spec?.rules ?? []).flatMap(({ http }, rule) =>
    (http?.paths ?? []).map(({ path }, index) => ({ rule, index, path: path ?? '' })),
  )
  return all.find(({ path }) => webSocketPath.test(path))
}

/** A number, which may have a unit of seconds. */
function secondsOf(written: string | undefined): number | undefined {
  const seconds = Number.parseInt(written ?? '', 10)
  return Number.isNaN(seconds) ? undefined : seconds
}

function isSet(seconds: number | undefined): seconds is number {
  return seconds !== undefined
}

function isOfNginx({ object: { metadata, spec } }: Ingress): boolean {
  return (spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class']) === 'nginx'
}

/** By the label of its chart and its manifests. */
function isOfController({ object }: CheckedObject<V1ConfigMap>): boolean {
  return object.metadata?.labels?.['app.kubernetes.io/name'] === 'ingress-nginx'
}
