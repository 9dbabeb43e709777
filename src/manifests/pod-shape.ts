/** The outline that Longhaul relies on in a pod template, for input that no API server has checked yet. */

import { type ShapeMistake, shapeCheck } from '../policy/json-schema.ts'

// An empty YAML field is null, which Kubernetes takes as absent.
const text = { type: 'string' }
const textOrNone = { type: ['string', 'null'] }
const wholeOrNone = { type: ['integer', 'null'] }
const object = { type: ['object', 'null'] }

function fields(properties: Record<string, object>, required: readonly string[] = []) {
  return { type: required.length > 0 ? 'object' : ['object', 'null'], properties, required }
}

function listOf(items: object) {
  return { type: ['array', 'null'], items }
}

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
    metadata: fields({ annotations: object, labels: object }),
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

/** Where something else stands in a pod template than Kubernetes takes there; none where it can be worked with. */
export function podShapeMistakes(template: unknown): ShapeMistake[] {
  return template === undefined ? [] : checkTemplate(template)
}
