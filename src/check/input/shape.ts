/** The outline that rules rely on, beyond what the webhook does: of input that no API server has checked yet. */

import { workloadShapeMistakes } from '../../manifests/pod-shape.ts'
import {
  fields,
  listOf,
  mapOfTexts,
  object,
  text,
  textOrNone,
  wholeOrNone,
} from '../../manifests/shape-schema.ts'
import { missingPart } from '../../manifests/strategic-merge.ts'
import { isWorkload, type KubernetesObject, templatePath, valueAt } from '../../manifests/workloads.ts'
import { type ShapeCheck, type ShapeMistake, shapeCheck } from '../../policy/json-schema.ts'
import type { Located } from '../../preview/located.ts'
import { shapeTexts } from '../../preview/shape-text.ts'

const probe = fields({
  initialDelaySeconds: wholeOrNone,
  periodSeconds: wholeOrNone,
  failureThreshold: wholeOrNone,
})
const hook = fields({ sleep: fields({ seconds: wholeOrNone }) })
const container = fields({
  image: textOrNone,
  command: listOf(text),
  args: listOf(text),
  ports: listOf(fields({ name: textOrNone, protocol: textOrNone })),
  lifecycle: fields({ preStop: hook, postStart: hook }),
  readinessProbe: probe,
  startupProbe: probe,
  livenessProbe: probe,
  resources: fields({ requests: object, limits: object }),
})

const checkTemplate = shapeCheck(
  fields({
    spec: fields({
      containers: listOf(container),
      initContainers: listOf(container),
      volumes: listOf(fields({ emptyDir: object })),
    }),
  }),
)

const checkWorkload = shapeCheck(
  fields({
    spec: fields({
      replicas: wholeOrNone,
      minReadySeconds: wholeOrNone,
      progressDeadlineSeconds: wholeOrNone,
      strategy: object,
    }),
  }),
)

/** Objects, none of which may be left empty. */
function itemsOf(properties: Record<string, object>) {
  return listOf({ ...fields(properties), type: 'object' })
}

const annotated = fields({ annotations: mapOfTexts })
const labelSelector = fields({
  matchLabels: mapOfTexts,
  matchExpressions: listOf(fields({ key: text, operator: text, values: listOf(text) }, ['key', 'operator'])),
})

/** By kind; of another group a kind of the same name is looked at by no rule, and has mostly other fields. */
const checks: Readonly<Record<string, { group: string; check: ShapeCheck }>> = {
  Service: {
    group: '',
    check: shapeCheck(
      fields({
        metadata: annotated,
        spec: fields({
          selector: mapOfTexts,
          ports: listOf(fields({ name: textOrNone, protocol: textOrNone }, ['port'])),
        }),
      }),
    ),
  },
  ConfigMap: { group: '', check: shapeCheck(fields({ data: object })) },
  ResourceQuota: { group: '', check: shapeCheck(fields({ spec: fields({ hard: object }) })) },
  PodDisruptionBudget: {
    group: 'policy',
    check: shapeCheck(fields({ spec: fields({ selector: labelSelector }) })),
  },
  HorizontalPodAutoscaler: {
    group: 'autoscaling',
    check: shapeCheck(
      fields({
        spec: fields({
          scaleTargetRef: fields({ kind: text, name: text }),
          behavior: fields({ scaleDown: fields({ stabilizationWindowSeconds: wholeOrNone }) }),
        }),
      }),
    ),
  },
  Ingress: {
    group: 'networking.k8s.io',
    check: shapeCheck(
      fields({
        metadata: annotated,
        spec: fields({
          ingressClassName: textOrNone,
          rules: itemsOf({ http: fields({ paths: itemsOf({ path: textOrNone }) }) }),
        }),
      }),
    ),
  },
  NodePool: {
    group: 'karpenter.sh',
    check: shapeCheck(
      fields({ spec: fields({ template: fields({ spec: fields({ taints: listOf(object) }) }) }) }),
    ),
  },
}

/** The group of an API version; empty for the core's. */
export function groupOf({ apiVersion }: Pick<KubernetesObject, 'apiVersion'>): string {
  return apiVersion.split('/').slice(0, -1).join('/')
}

/** What is wrong with an object's outline, a line each; none for what seems to be a patch, which may lack anything. */
export function outlineMistakes(located: Located): string[] {
  const mistakes = shapeMistakes(located.object)
  if (mistakes.length === 0 || isPatch(located.object)) return []
  return shapeTexts(located, mistakes)
}

/** True for an object that rules can't look at. */
export function isMalformed(object: KubernetesObject): boolean {
  return shapeMistakes(object).length > 0
}

function isPatch(workload: KubernetesObject): boolean {
  return isWorkload(workload) && missingPart(workload) !== undefined
}

function shapeMistakes(object: KubernetesObject): ShapeMistake[] {
  if (isWorkload(object)) return workloadMistakes(object)
  const known = Object.hasOwn(checks, object.kind) ? checks[object.kind] : undefined
  return known === undefined || known.group !== groupOf(object) ? [] : known.check(object)
}

function workloadMistakes(workload: KubernetesObject): ShapeMistake[] {
  const path = templatePath(workload)
  const inTemplate = checkTemplate(valueAt(workload, path) ?? null)
  const all = [
    ...workloadShapeMistakes(workload),
    ...checkWorkload(workload),
    ...inTemplate.map(each => ({ ...each, path: [...path, ...each.path] })),
  ]
  return [...new Map(all.map(each => [each.path.join('/'), each])).values()]
}
