import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { isMeshProxy } from '../../mutation/containers.ts'
import { runsToCompletion } from '../../mutation/owner.ts'
import type { Rule } from '../rule.ts'

const exitWhenIdle = 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS'

export const meshProxyEndsFirst: Rule = {
  id: 'LH027',
  name: 'mesh-proxy-ends-first',
  severity: 'warning',
  wrong: "A mesh's proxy ends before the application whose connections it carries.",
  why: 'A proxy that is a regular container gets SIGTERM when the application does, or sooner where that has a preStop hook, and cuts every connection when it is done.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/',
  fix: `Run it as a native sidecar (an init container with restartPolicy: Always), or let it wait: ${exitWhenIdle} or terminationDrainDuration for Istio, config.alpha.linkerd.io/proxy-wait-before-exit-seconds for Linkerd.`,
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
        - name: istio-proxy # <- LH027
          image: istio/proxyv2:1.27.0
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
        - name: istio-proxy
          image: istio/proxyv2:1.27.0
          env:
            - name: EXIT_ON_ZERO_ACTIVE_CONNECTIONS
              value: "true"
`,
  },
  *find({ pods }) {
    for (const at of pods) {
      const proxy = at.spec.containers.find(each => isRegularProxy(each) && !waits(each, at.pod))
      if (proxy === undefined || at.spec.containers.length < 2 || runsToCompletion(at.pod)) continue
      yield {
        at,
        path: [...at.specPath, 'containers', { name: proxy.name }],
        message: `${proxy.name} gets SIGTERM together with the application.`,
      }
    }
  },
}

/** `auto` is filled in by Istio when it injects its proxy, as a native sidecar where it may. */
function isRegularProxy(container: V1Container): boolean {
  return isMeshProxy(container) && container.image !== 'auto'
}

/** Of itself, or by what its mesh reads in the pod's annotations. */
function waits({ lifecycle, env }: V1Container, { metadata }: V1Pod): boolean {
  const annotations = metadata?.annotations ?? {}
  const istio = annotations['proxy.istio.io/config'] ?? ''
  return (
    lifecycle?.preStop != null ||
    env?.some(({ name, value }) => name === exitWhenIdle && value === 'true') === true ||
    'config.alpha.linkerd.io/proxy-wait-before-exit-seconds' in annotations ||
    istio.includes('terminationDrainDuration') ||
    istio.includes(exitWhenIdle)
  )
}
