/** The outline that Longhaul relies on in a pod template, for input that no API server has checked yet. */

import { type ShapeMistake, shapeCheck } from '../policy/json-schema.ts'
import { fields, listOf, mapOfTexts, object, text, textOrNone, wholeOrNone } from './shape-schema.ts'
import { type KubernetesObject, templatePath, valueAt } from './workloads.ts'

const container = fields(
  {
    name: text,
    env: listOf(fields({ name: text, value: textOrNone }, ['name'])),
    ports: listOf(fields({ containerPort: { type: 'integer' } }, ['containerPort'])),
    volumeMounts: listOf(fields({ name: text, mountPath: text }, ['name', 'mountPath'])),
    volumeDevices: listOf(fields({ devicePath: text }, ['devicePath'])),
    securityContext: object,
    lifecycle: fields({ preStop: fields({ exec: fields({ command: listOf(text) }) }), postStart: object }),
    readinessProbe: object,
    livenessProbe: fields({ terminationGracePeriodSeconds: wholeOrNone }),
    startupProbe: fields({ terminationGracePeriodSeconds: wholeOrNone }),
  },
  ['name'],
)

const nodeSelector = fields({
  nodeSelectorTerms: listOf(
    fields({
      matchExpressions: listOf(
        fields({ key: text, operator: text, values: listOf(text) }, ['key', 'operator']),
      ),
    }),
  ),
})

const checkTemplate = shapeCheck(
  fields({
    metadata: fields({ annotations: mapOfTexts, labels: mapOfTexts }),
    spec: fields({
      containers: listOf(container),
      initContainers: listOf(container),
      volumes: listOf(fields({ name: text }, ['name'])),
      securityContext: fields({ sysctls: listOf(fields({ name: text, value: text }, ['name', 'value'])) }),
      nodeSelector: object,
      affinity: fields({
        nodeAffinity: fields({ requiredDuringSchedulingIgnoredDuringExecution: nodeSelector }),
      }),
      resources: fields({ requests: object, limits: object }),
      terminationGracePeriodSeconds: wholeOrNone,
    }),
  }),
)

/** What Longhaul relies on around the template. */
const checkOutline = shapeCheck(
  fields({
    metadata: fields({ name: textOrNone, generateName: textOrNone, namespace: textOrNone }),
    spec: object,
  }),
)

/** Where something else stands in a workload than Kubernetes takes there; none where it can be worked with. */
export function workloadShapeMistakes(workload: KubernetesObject): ShapeMistake[] {
  const path = templatePath(workload)
  const template = valueAt(workload, path)
  const outside = checkOutline(workload)
  const inside = template === undefined ? [] : checkTemplate(template)
  const all = [...outside, ...inside.map(each => ({ ...each, path: [...path, ...each.path] }))]
  // A pod is its own template.
  return [...new Map(all.map(each => [each.path.join('/'), each])).values()]
}
