import { keepaliveTimers } from '../../policy/keepalive-timers.ts'
import { keyPrefix } from '../../policy/settings.ts'
import { keepaliveFound } from '../../preview/keepalive-found.ts'
import type { CheckedPods, CheckedService } from '../input/input.ts'
import { type Platform, platforms } from '../platforms.ts'
import type { Rule } from '../rule.ts'

/** tcp_keepalive_time of Linux, for programs that ask for keepalive. */
const kernelSeconds = 7200

/** Annotations by which a Service tells whose load balancer it wants. */
const annotations: Readonly<Record<Platform, RegExp>> = {
  aks: /^service\.beta\.kubernetes\.io\/azure-/,
  eks: /^service\.beta\.kubernetes\.io\/aws-/,
  gke: /^(?:cloud\.google\.com|networking\.gke\.io)\//,
}

export const idleOverPath: Rule = {
  id: 'LH025',
  name: 'idle-over-path',
  severity: 'warning',
  wrong: 'A connection may be quiet for longer than the path remembers it.',
  why: 'Load balancers and NATs forget a flow over which nothing comes, and most tell nobody: the next message is lost, and its sender waits for minutes. A keepalive probe counts as data to them.',
  source: platforms.eks.idle.source,
  fix: 'Let keepalive begin well before the limit of the path.',
  setting: { key: 'keepalive-idle', value: '60s' },
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata:
  name: chat
spec:
  type: LoadBalancer
  selector: { app: chat }
  ports:
    - port: 80
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
      annotations:
        longhaul.dev/keepalive: sysctl
        longhaul.dev/keepalive-idle: 10m # <- LH025
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
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
  type: LoadBalancer
  selector: { app: chat }
  ports:
    - port: 80
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
      annotations:
        longhaul.dev/keepalive: sysctl
        longhaul.dev/keepalive-idle: 1m
    spec:
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 10 }
`,
    platform: 'eks',
  },
  *find({ services }, { platform: asked }) {
    for (const service of services.filter(({ object }) => object.spec?.type === 'LoadBalancer')) {
      const platform = asked ?? platformOf(service)
      if (platform === undefined) continue
      const { seconds, of } = platforms[platform].idle
      for (const at of service.pods) {
        // Whether a program sends something itself can't be seen: it counts as quiet only for those who ask by a platform.
        const idle = idleSeconds(at) ?? (asked === undefined ? 0 : kernelSeconds)
        if (idle < seconds) continue
        yield {
          at,
          path: [...at.specPath.slice(0, -1), 'metadata', 'annotations', `${keyPrefix}keepalive-idle`],
          message: `Connections to ${at.object.kind} ${at.name} may be quiet for ${idle} s, and ${of} forget them after ${seconds} s.`,
        }
      }
    }
  },
}

function platformOf({ object }: CheckedService): Platform | undefined {
  const names = Object.keys(object.metadata?.annotations ?? {})
  const all = Object.keys(annotations) as Platform[]
  return all.find(platform => names.some(name => annotations[platform].test(name)))
}

/** How long a connection is quiet before a probe goes out; undefined where the template says nothing of it. */
function idleSeconds({ decision, spec }: CheckedPods): number | undefined {
  if (keepaliveFound(decision).length > 0) return keepaliveTimers(decision.policy.values).idleSeconds
  const sysctls = spec.securityContext?.sysctls ?? []
  const own = sysctls.find(({ name }) => name === 'net.ipv4.tcp_keepalive_time')
  return own === undefined ? undefined : Number(own.value)
}
