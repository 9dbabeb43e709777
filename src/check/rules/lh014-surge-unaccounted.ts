import { quantityOf, quantityPattern } from '../../policy/quantity.ts'
import type { CheckedPods } from '../input/input.ts'
import { longestPreStopSeconds } from '../pod-end.ts'
import type { Rule } from '../rule.ts'

/** Pods that end sooner are mostly gone when the next new one is ready. */
const longDrainSeconds = 60

export const surgeUnaccounted: Rule = {
  id: 'LH014',
  name: 'surge-unaccounted',
  severity: 'note',
  wrong: 'A quota has no room for the old pods of a rollout that are still draining.',
  why: 'maxSurge does not count pods that are terminating: as many as there are replicas may drain beside the new ones, and a ResourceQuota counts them until their grace period is over.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#terminating-pods',
  fix: 'Leave room for the replicas of the largest Deployment that drains once more, or let it drain for less time.',
  examples: {
    bad: `
apiVersion: v1
kind: ResourceQuota
metadata:
  name: team
spec:
  hard:
    pods: "5" # <- LH014
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  replicas: 4
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      terminationGracePeriodSeconds: 330
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 300 }
`,
    good: `
apiVersion: v1
kind: ResourceQuota
metadata:
  name: team
spec:
  hard:
    pods: "8"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
spec:
  replicas: 4
  selector:
    matchLabels: { app: chat }
  template:
    metadata:
      labels: { app: chat }
    spec:
      terminationGracePeriodSeconds: 330
      containers:
        - name: chat
          image: example/chat:1.0
          lifecycle:
            preStop:
              sleep: { seconds: 300 }
`,
  },
  *find({ quotas, pods }) {
    const byNamespace = Map.groupBy(pods, ({ namespace }) => namespace)
    for (const at of quotas) {
      const inside = byNamespace.get(at.namespace) ?? []
      const draining = inside.filter(drainsLong)
      for (const [resource, hard] of Object.entries(at.object.spec?.hard ?? {})) {
        const largest = largestBeyond(hard, resource, inside, draining)
        if (largest === undefined) continue
        yield {
          at,
          path: ['spec', 'hard', resource],
          message: `${resource}: ${hard} has no room for the old pods of Deployment ${largest.name} while they drain.`,
        }
      }
    }
  },
}

function drainsLong(pods: CheckedPods): boolean {
  return pods.object.kind === 'Deployment' && longestPreStopSeconds(pods) >= longDrainSeconds
}

/** The workload of which there is no room for a second set of pods; none where there is no room for all as they are. */
function largestBeyond(
  hard: unknown,
  resource: string,
  inside: readonly CheckedPods[],
  draining: readonly CheckedPods[],
): CheckedPods | undefined {
  const limit = quantity(hard)
  const [largest] = draining.toSorted((a, b) => use(b, resource) - use(a, resource))
  if (limit === undefined || largest === undefined || !isCounted(resource)) return undefined
  const all = inside.reduce((sum, each) => sum + use(each, resource), 0)
  return all <= limit && all + use(largest, resource) > limit ? largest : undefined
}

function isCounted(resource: string): boolean {
  return isNumberOfPods(resource) || /^((requests|limits)\.)?(cpu|memory)$/.test(resource)
}

function isNumberOfPods(resource: string): boolean {
  return resource === 'pods' || resource === 'count/pods'
}

/** What all pods of a workload use of a resource of quotas. */
function use({ spec, replicas = 0 }: CheckedPods, resource: string): number {
  if (isNumberOfPods(resource)) return replicas
  const [name = '', kind = 'requests'] = resource.split('.').toReversed() as [string, 'requests' | 'limits']
  const amounts = spec.containers.map(({ resources }) => quantity(resources?.[kind]?.[name]) ?? 0)
  return replicas * amounts.reduce((sum, each) => sum + each, 0)
}

function quantity(written: unknown): number | undefined {
  const text = String(written)
  return quantityPattern.test(text) ? quantityOf(text) : undefined
}
