import type { CheckedService } from '../input/input.ts'
import { platforms } from '../platforms.ts'
import { graceSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** Of the AWS Load Balancer Controller: https://kubernetes-sigs.github.io/aws-load-balancer-controller/ */
const prefix = 'service.beta.kubernetes.io/aws-load-balancer'
const attributes = `${prefix}-target-group-attributes`
const { deregistrationDelay } = platforms.eks

export const lbDeregistration: Rule = {
  id: 'LH021',
  name: 'lb-deregistration',
  severity: 'warning',
  wrong: 'A load balancer keeps connections to pods for longer than the pods live.',
  why: `A target that is deregistered keeps its connections for the deregistration delay, ${deregistrationDelay.seconds} s by default; the pod is gone after its grace period, and cuts what is left.`,
  source: deregistrationDelay.source,
  fix: `Set deregistration_delay.timeout_seconds in ${attributes} to the grace period at most, or raise that.`,
  setting: { key: 'grace-period', value: '5m' },
  examples: {
    bad: `
apiVersion: v1
kind: Service
metadata:
  name: chat
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-nlb-target-type: ip
    service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: deregistration_delay.timeout_seconds=300 # <- LH021
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
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
    spec:
      terminationGracePeriodSeconds: 60
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
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-nlb-target-type: ip
    service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: deregistration_delay.timeout_seconds=60
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
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
    spec:
      terminationGracePeriodSeconds: 60
      containers:
        - name: chat
          image: example/chat:1.0
          readinessProbe:
            tcpSocket: { port: 8080 }
          lifecycle:
            preStop:
              sleep: { seconds: 10 }
`,
  },
  *find({ services }) {
    for (const at of services.filter(hasPodsAsTargets)) {
      const text = at.object.metadata?.annotations?.[attributes]
      const written = /\bderegistration_delay\.timeout_seconds=(\d+)/.exec(String(text))?.[1]
      const delay = written === undefined ? deregistrationDelay.seconds : Number(written)
      const short = at.pods.find(({ spec }) => graceSeconds(spec) < delay)
      if (short === undefined) continue
      const whose = `pods of ${short.object.kind} ${short.name}`
      yield {
        at,
        path: ['metadata', 'annotations', attributes],
        message: `The load balancer keeps connections for ${delay} s, and ${whose} live for ${graceSeconds(short.spec)} s.`,
      }
    }
  },
}

function hasPodsAsTargets({ object: { metadata, spec } }: CheckedService): boolean {
  const annotation = (name: string) => metadata?.annotations?.[`${prefix}-${name}`]
  if (annotation('type') === 'nlb-ip') return true
  const isOfController =
    annotation('type') === 'external' || spec?.loadBalancerClass === 'service.k8s.aws/nlb'
  return isOfController && annotation('nlb-target-type') === 'ip'
}
