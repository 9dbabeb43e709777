/** The shape of a configuration file, as a JSON schema; what settings may hold is for their own table. */

import { certificateModes, initSeccompProfiles, preloadCarriers } from './config.ts'
import { shapeCheck } from './json-schema.ts'
import { quantityPattern } from './quantity.ts'

export type Scalar = string | number

/** A configuration file whose shape is right. An empty YAML field is null, and means what an absent one does. */
export interface ConfigFile {
  defaults?: Record<string, unknown> | null
  profiles?: Record<string, Record<string, unknown> | null> | null
  strict?: boolean | null
  init?: {
    image?: string | null
    seccompProfile?: (typeof initSeccompProfiles)[number] | null
    resources?: { requests?: Record<string, Scalar> | null; limits?: Record<string, Scalar> | null } | null
  } | null
  preload?: { carrier?: (typeof preloadCarriers)[number] | null } | null
  kubernetesVersion?: Scalar | null
  excludedNamespaces?: string[] | null
  shutdown?: { settle?: Scalar | null; timeout?: Scalar | null } | null
  cluster?: { service?: string | null; webhookConfiguration?: string | null } | null
  certs?: {
    mode?: (typeof certificateModes)[number] | null
    secret?: string | null
    leafLifetime?: Scalar | null
    caLifetime?: Scalar | null
  } | null
  webhook?: { clientCA?: string | null } | null
}

const map = { type: ['object', 'null'] }
const scalar = { type: ['string', 'number', 'null'] }

function fields(properties: Record<string, object>) {
  return { ...map, additionalProperties: false, properties }
}

/** A Kubernetes quantity, such as 50m or 32Mi. */
const quantity = { type: ['string', 'number'], pattern: quantityPattern.source, minimum: 0 }

/** Quantities by the resource's name: one of Kubernetes' own, or one with a domain. */
export const quantities = {
  ...map,
  patternProperties: { '^(cpu|memory|ephemeral-storage|hugepages-.+|[^/]+/[^/]+)$': quantity },
  additionalProperties: false,
}

/** An image's reference: the API server refuses spaces, and kubelets all but these. */
const image = { type: ['string', 'null'], pattern: '^(?!.*://)[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$' }

/** A DNS label (RFC 1123), as namespaces are named. */
export const dnsLabel = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 }

/** A DNS subdomain (RFC 1123), as objects are named. */
export const objectName = {
  type: ['string', 'null'],
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  maxLength: 253,
}

/** Checks the shape of a configuration file. */
export const configFileMistakes = shapeCheck(
  fields({
    defaults: map,
    profiles: { ...map, additionalProperties: map },
    strict: { type: ['boolean', 'null'] },
    init: fields({
      image,
      seccompProfile: { enum: [...initSeccompProfiles, null] },
      resources: fields({ requests: quantities, limits: quantities }),
    }),
    preload: fields({ carrier: { enum: [...preloadCarriers, null] } }),
    kubernetesVersion: scalar,
    excludedNamespaces: { type: ['array', 'null'], items: dnsLabel },
    shutdown: fields({ settle: scalar, timeout: scalar }),
    cluster: fields({ service: objectName, webhookConfiguration: objectName }),
    certs: fields({
      mode: { enum: [...certificateModes, null] },
      secret: objectName,
      leafLifetime: scalar,
      caLifetime: scalar,
    }),
    webhook: fields({ clientCA: { type: ['string', 'null'], minLength: 1 } }),
  }),
)
