/** Checking data of unknown shape against a JSON schema, with every mistake in words. */

import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv'

export interface ShapeMistake {
  path: readonly string[]
  /** What stands there; undefined where something is missing. */
  value: unknown
  /** `is not of type string` */
  rule: string
  /** The types that may stand there, where it is of another. */
  expected?: readonly unknown[]
}

export type ShapeCheck = (value: unknown) => ShapeMistake[]

/**
 * A check that finds where a value differs from a schema, all places at once; none where it fits. The schema
 * is compiled at the first use, since that takes as long as checking a thousand values.
 */
export function shapeCheck(schema: AnySchemaObject): ShapeCheck {
  let validate: ValidateFunction | undefined
  return value => {
    validate ??= new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile(schema)
    return validate(value) ? [] : (validate.errors ?? []).map(mistakeOf)
  }
}

function mistakeOf({ instancePath, keyword, params, data, message }: ErrorObject): ShapeMistake {
  const path = instancePath.split('/').slice(1).map(unescapePointer)
  switch (keyword) {
    case 'additionalProperties':
      return { path: [...path, params['additionalProperty']], value: undefined, rule: 'is not a known field' }
    case 'propertyNames':
      return { path: [...path, params['propertyName']], value: undefined, rule: 'is not a valid name' }
    case 'required':
      return { path: [...path, params['missingProperty']], value: undefined, rule: 'is missing' }
    case 'type':
      return typeMistake(path, data, namedOf(params['type']))
    case 'enum':
      return { path, value: data, rule: `is not one of ${namedOf(params['allowedValues']).join(', ')}` }
    default:
      return { path, value: data, rule: message ?? keyword }
  }
}

function typeMistake(path: readonly string[], value: unknown, expected: readonly unknown[]): ShapeMistake {
  return { path, value, rule: `is not of type ${expected.join(' or ')}`, expected }
}

/** Null is let through for empty YAML fields; nobody is told to write it. */
function namedOf(choices: unknown): unknown[] {
  return [choices].flat().filter(choice => choice !== null && choice !== 'null')
}

/** A step of a JSON pointer (RFC 6901). */
function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}
