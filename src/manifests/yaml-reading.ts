/** How manifests are read from YAML: as kubectl does, by go-yaml. */

import { type Document, type Node, type Tags, visit } from 'yaml'
import { unusableKey, unusableKeyRule } from '../policy/map-keys.ts'
import { depthRule, isTooDeep } from './depth.ts'
import { roundBigints } from './digits.ts'
import { binaryText } from './yaml-binary.ts'
import { pointNumber, wholeNumber } from './yaml-numbers.ts'

export const parseOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  prettyErrors: false,
  // Such as sets, which are maps to kubectl.
  resolveKnownTags: false,
  // The first that takes a value writes it.
  customTags: (tags: Tags) => [
    wholeNumber,
    pointNumber,
    binaryText,
    ...tags.filter(tag => typeof tag === 'string' || !isOtherwise(tag)),
  ],
} as const

const otherwise: ReadonlySet<string> = new Set(
  ['binary', 'int', 'omap', 'pairs', 'set', 'timestamp'].map(name => `tag:yaml.org,2002:${name}`),
)

/**
 * What go-yaml, which kubectl reads with, takes otherwise: numbers, of which it knows no sexagesimal ones, base64, and on
 * the way to JSON timestamps and kinds of lists and maps. It shares the infinite numbers, which have no format and no
 * digits.
 */
function isOtherwise({ tag, test, ...more }: Exclude<Tags[number], string>): boolean {
  if (otherwise.has(tag)) return true
  return tag === 'tag:yaml.org,2002:float' && ('format' in more || test?.test('1.5') === true)
}

/** The value of a document that was read with `parseOptions`. */
export function documentValue(document: Document): unknown {
  return roundBigints(document.toJS())
}

/** The value of a document, or what is wrong with it, and at which offset where that is known. */
export interface Reading {
  value?: unknown
  mistake?: string
  at?: number
}

/** The value of a document without errors, where it is one that kubectl would take. */
export function readValue(document: Document.Parsed): Reading {
  const { version, explicit } = document.directives.yaml
  if (explicit === true && version !== '1.1') return { mistake: 'kubectl reads YAML 1.1; take %YAML out' }
  try {
    refuseCycles(document)
    const at = unusableKey(document)
    if (at !== undefined) return { mistake: unusableKeyRule, at }
    // The limit on aliases is the library's own, against documents that grow without bound.
    const value = documentValue(document)
    return isTooDeep(value) ? { mistake: depthRule } : { value }
  } catch (error) {
    return { mistake: (error as Error).message }
  }
}

/** Throws where an alias stands inside of what it stands for: written out, that would have no end. */
function refuseCycles(document: Document.Parsed): void {
  const anchored = new Map<string, Node>()
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchored.set(node.anchor, node)
    },
    Alias(_key, { source }, ancestors) {
      const meant = anchored.get(source)
      if (meant !== undefined && ancestors.includes(meant)) {
        throw new Error(`the alias *${source} stands inside of what it stands for`)
      }
    },
  })
}
