/** The chart's values.schema.json: made from the comments in values.yaml, and for settings from their table. */

import { Ajv } from 'ajv'
import { certificateModes, initSeccompProfiles, preloadCarriers } from '../policy/config.ts'
import { dnsLabel, objectName, quantities } from '../policy/config-schema.ts'
import { lifetime, stopTime } from '../policy/read-config.ts'
import { keys, type Place, settingOf } from '../policy/settings.ts'
import { profileName } from '../policy/value-types.ts'
import type { ChartValue } from './chart-values.ts'

export type Schema = Readonly<Record<string, unknown>>

const texts = { type: 'object', additionalProperties: { type: 'string' } }
const amounts = { ...quantities, type: 'object' }

/** What comments name; all else is in the comments themselves. */
const shapes: Readonly<Record<string, Schema>> = {
  texts,
  quantities: amounts,
  resources: object({ requests: amounts, limits: amounts, claims: { type: 'array' } }),
  port: { type: 'integer', minimum: 1, maximum: 65535 },
  digest: { type: 'string', pattern: '^$|^sha256:[0-9a-f]{64}$' },
  objectName: { type: 'string', pattern: `^$|${objectName.pattern}`, maxLength: objectName.maxLength },
  // A DNS label that begins with a letter (RFC 1035), short enough for "-dashboard" behind it.
  serviceName: { type: 'string', pattern: '^$|^[a-z]([-a-z0-9]*[a-z0-9])?$', maxLength: 52 },
  namespaces: { type: 'array', items: dnsLabel },
  kubernetesVersion: { type: 'string', pattern: '^$|^v?[0-9]+\\.[0-9]+([.+-].*)?$' },
  certificateMode: { enum: certificateModes },
  preloadCarrier: { enum: preloadCarriers },
  initSeccompProfile: { enum: initSeccompProfiles },
  stopTime: stopTime.schema,
  lifetime: lifetime.schema,
  defaults: settingsFor('defaults'),
  profiles: {
    type: 'object',
    propertyNames: profileName.schema,
    additionalProperties: settingsFor('profile'),
  },
}

function settingsFor(place: Place): Schema {
  const fitting = keys.filter(key => settingOf(key).places.includes(place))
  const properties = fitting.map(key => {
    const { type, doc } = settingOf(key)
    // Words that are listed have their lengths.
    const bound = 'enum' in type.schema ? {} : { maxLength: type.maxLength }
    return [key, { description: doc, ...type.schema, ...bound }] as const
  })
  return object(Object.fromEntries(properties))
}

/** The schema of the values, whose unknown keys are refused. */
export function chartSchema(values: readonly ChartValue[]): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of the Longhaul chart',
    ...mapOf(values, {
      global: { description: 'Values that Helm shares between charts; not used.', type: 'object' },
      enabled: { description: 'For the condition of a chart that depends on this one.', type: 'boolean' },
    }),
  }
}

/**
 * Helm fills in the defaults before it checks, so a value is missing only where somebody wrote null. That
 * stands for an empty value, where one may be empty; a map that holds values of the chart may not.
 */
function mapOf(values: readonly ChartValue[], others: Readonly<Record<string, Schema>> = {}): Schema {
  const properties = Object.fromEntries(values.map(value => [value.name, schemaOf(value)]))
  const isRequired = ({ name, children }: ChartValue) =>
    children.length > 0 || !mayBeEmpty(properties[name] ?? {})
  const required = values.filter(isRequired).map(({ name }) => name)
  return { ...object({ ...properties, ...others }), ...(required.length > 0 ? { required } : {}) }
}

function mayBeEmpty(schema: Schema): boolean {
  const fits = new Ajv({ allowUnionTypes: true }).compile(schema)
  return ['', [], {}].some(empty => fits(empty))
}

function schemaOf({ name, comment, hint, standard, children }: ChartValue): Schema {
  const described = comment === '' ? {} : { description: comment }
  if (children.length > 0) return { ...described, ...mapOf(children) }
  return { ...described, ...shapeOf(name, hint, standard), default: standard }
}

function shapeOf(name: string, hint: unknown, standard: unknown): Schema {
  if (typeof hint !== 'string') return { type: typeOf(standard), ...(hint as Schema | undefined) }
  const shape = shapes[hint]
  if (shape === undefined) throw new Error(`values.yaml, ${name}: there is no shape called ${hint}`)
  return shape
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' ? 'integer' : typeof value
}

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', additionalProperties: false, properties }
}

/**
 * The limits that a JSON schema can't hold texts to, for a template to do it: of settings by key, of other values
 * by path; in seconds or counts.
 */
export function chartLimits(): object {
  const settings = keys.flatMap(key => {
    const { schema } = settingOf(key).type
    return 'minimum' in schema ? [[key, limitsOf(schema)] as const] : []
  })
  return {
    settings: Object.fromEntries(settings),
    values: {
      'config.shutdown.settle': limitsOf(stopTime.schema),
      'config.shutdown.timeout': limitsOf(stopTime.schema),
      'certs.leafLifetime': limitsOf(lifetime.schema),
      'certs.caLifetime': limitsOf(lifetime.schema),
    },
  }
}

function limitsOf({ type, minimum, maximum }: Schema): Schema {
  const isTime = Array.isArray(type) && type.includes('number')
  return { minimum, maximum, unit: isTime ? ' seconds' : '' }
}
