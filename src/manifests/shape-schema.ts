/** Parts of the schemas for what Longhaul relies on in objects. An empty YAML field is null, which Kubernetes takes as absent. */

export const text = { type: 'string' }
export const textOrNone = { type: ['string', 'null'] }
export const wholeOrNone = { type: ['integer', 'null'] }
export const object = { type: ['object', 'null'] }
export const mapOfTexts = { ...object, additionalProperties: textOrNone }

/** An object, which has to be there where some of its fields have to. */
export function fields(properties: Record<string, object>, required: readonly string[] = []) {
  return { type: required.length > 0 ? 'object' : ['object', 'null'], properties, required }
}

export function listOf(items: object) {
  return { type: ['array', 'null'], items }
}
