/** Input that no API server would take: told with its place, and never a fault of Longhaul's. */

import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { rules } from '../../src/check/rules.ts'
import { InputError } from '../../src/manifests/input-error.ts'
import { check } from './check.ts'

it('names every object, field and value', () => {
  const text = `
apiVersion: v1
kind: Service
metadata: { name: chat }
spec:
  selector: { version: 1.10 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: chat }
spec:
  selector: {}
  replicas: "3"
  template:
    spec:
      containers:
        - name: chat
          image: example/chat
          ports: 8080
`
  expect(() =>
    check(text),
  ).toThrow(`chat.yaml:6:24: document 1: Service chat: spec.selector.version is not of type string: it is 1.10; put it in quotes: "1.10"
chat.yaml:19:18: document 2: Deployment chat: spec.template.spec.containers.0.ports is not of type array: it is 8080; write a list
chat.yaml:13:13: document 2: Deployment chat: spec.replicas is not of type integer: it is "3"; take it out of the quotes`)
})

it('leaves alone what is only a part of an object', () => {
  expect(check('{apiVersion: apps/v1, kind: Deployment, spec: {replicas: "3"}}')).toEqual([])
})

const junk = [null, 7, 'text', true, [], {}, [null], [7], ['text'], [{}], { a: null }, { a: 7 }]

describe.each(rules.map(({ id, examples }) => [id, examples.bad] as const))(
  'whatever stands in %s',
  (_, text) => {
    it('it is told or passed over', () => {
      const values = parseAllDocuments(text).map(document => document.toJS())
      for (const broken of values.flatMap((_value, at) => variants(values, [at]))) {
        try {
          check(broken.map(each => stringify(each, { aliasDuplicateObjects: false })).join('---\n'))
        } catch (error) {
          if (!(error instanceof InputError)) throw new Error(JSON.stringify(broken), { cause: error })
        }
      }
    })
  },
)

/** The value with each part of it at and below a path replaced by junk, one at a time. */
function variants<Value>(whole: Value, path: readonly (string | number)[]): Value[] {
  const part = path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], whole)
  const below = typeof part === 'object' && part !== null ? Object.keys(part) : []
  return [
    ...junk.map(each => replaced(whole, path, each)),
    ...below.flatMap(step => variants(whole, [...path, Array.isArray(part) ? Number(step) : step])),
  ]
}

function replaced<Value>(whole: Value, path: readonly (string | number)[], by: unknown): Value {
  const copy = structuredClone(whole)
  const last = path.at(-1) as string | number
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], copy)
  ;(parent as Record<string | number, unknown>)[last] = by
  return copy
}
