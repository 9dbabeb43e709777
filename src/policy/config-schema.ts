/** The shape of a configuration file, as a JSON schema; what settings may hold is for their own table. */

import { shapeCheck } from './json-schema.ts'

type Scalar = string | number

/** A configuration file whose shape is right. An empty YAML field is null, and means what an absent one does. */
export interface ConfigFile {
  defaults?: Record<string, unknown> | null
  profiles?: Record<string, Record<string, unknown> | null> | null
  strict?: boolean
  init?: {
    image?: string
    resources?: { requests?: Record<string, Scalar>; limits?: Record<string, Scalar> } | null
  } | null
  kubernetesVersion?: Scalar
  excludedNamespaces?: string[]
  shutdown?: { settle?: Scalar; timeout?: Scalar } | null
}

const map = { type: ['object', 'null'] }
const scalar = { type: ['string', 'number'] }

function fields(properties: Record<string, object>) {
  return { ...map, additionalProperties: false, properties }
}

/** A Kubernetes quantity, such as 50m or 32Mi. */
const quantity = { ...scalar, pattern: '^\\d+(\\.\\d+)?([mkMGTPE]|[KMGTPE]i)?$', minimum: 0 }
const quantities = { type: 'object', additionalProperties: quantity }

/** Checks the shape of a configuration file. */
export const configFileMistakes = shapeCheck(
  fields({
    defaults: map,
    profiles: { ...map, additionalProperties: map },
    strict: { type: 'boolean' },
    init: fields({
      image: { type: 'string', minLength: 1 },
      resources: fields({ requests: quantities, limits: quantities }),
    }),
    kubernetesVersion: scalar,
    excludedNamespaces: { type: 'array', items: { type: 'string' } },
    shutdown: fields({ settle: scalar, timeout: scalar }),
  }),
)
