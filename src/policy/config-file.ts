/** Reading a configuration file, so that every mistake in it is reported at once. */

import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { type Config, defaultConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { type ConfigFile, configFileMistakes } from './config-schema.ts'
import type { KubernetesVersion } from './kubernetes-version.ts'
import { templateHint, unusableKey, unusableKeyRule } from './map-keys.ts'
import { printable } from './problems.ts'
import { type Report, readConfig } from './read-config.ts'

interface Mistake {
  path: readonly string[]
  value: unknown
  rule: string
}

/**
 * The configuration that a text holds. What it leaves out is that of `defaultConfig`, but for the version of
 * Kubernetes, which is the caller's. Throws a ConfigError that names file, line, path, value and rule of each mistake, of the first 20.
 */
export function parseConfig(
  text: string,
  file: string,
  kubernetesVersion: KubernetesVersion = defaultConfig.kubernetesVersion,
): Config {
  const bytes = Buffer.byteLength(text)
  if (bytes >= sizeLimitBytes) {
    const rule = `it has ${bytes} bytes, and a configuration file must have less than ${sizeLimitBytes}`
    throw new ConfigError(`${file}: ${rule}; leave out profiles that nobody names`)
  }
  const lines = new LineCounter()
  // Unique keys are looked for below: the parser compares each key with all before it.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  // Those behind the first mostly follow from it.
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    const rule =
      error.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here, and a configuration file has one'
        : `it is not valid YAML: ${error.message}${templateHint(text)}`
    throw new ConfigError(`${file}:${line}:${col}: ${rule}`)
  }
  const collection = unusableKey(document)
  if (collection !== undefined) {
    const { line, col } = lines.linePos(collection)
    throw new ConfigError(`${file}:${line}:${col}: ${unusableKeyRule}${templateHint(text)}`)
  }
  const repeated = repeatedKey(document)
  if (repeated !== undefined) {
    const { line, col } = lines.linePos(repeated)
    throw new ConfigError(`${file}:${line}:${col}: it is not valid YAML: Map keys must be unique`)
  }
  if (aliasesIn(document) > aliasLimit) {
    throw new ConfigError(
      `${file}: it has more than ${aliasLimit} YAML aliases; write out what they stand for`,
    )
  }
  const written = valueOfDocument(document, file) ?? {}
  const mistakes: Mistake[] = configFileMistakes(written)
  const report: Report = (path, value, { rule, fix }) => {
    mistakes.push({ path, value, rule: `${rule}; ${fix}` })
  }
  const config = readConfig(withoutMistakes(written, mistakes), kubernetesVersion, report)
  if (mistakes.length === 0) return config
  // The line of one is looked for through the whole file.
  const described = mistakes
    .slice(0, describedMistakes)
    .map(each => describe(each, file, lineOf(each.path, document, lines)))
  const left = mistakes.length - described.length
  throw new ConfigError([...described, ...(left > 0 ? [`${file}: ${left} more mistakes`] : [])].join('\n'))
}

/** Far more than anybody writes; a ConfigMap can hold four times as much. */
const sizeLimitBytes = 256 * 1024
const describedMistakes = 20
/** For each, what it stands for is looked for from the beginning of the file. */
const aliasLimit = 100

function aliasesIn(document: Document): number {
  let count = 0
  visit(document, {
    Alias() {
      count += 1
    },
  })
  return count
}

/** Where the first key stands that its map has already; undefined where there is none. */
function repeatedKey(document: Document): number | undefined {
  let found: number | undefined
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) {
          found = key.range?.[0] ?? 0
          return visit.BREAK
        }
        keys.add(key.value)
      }
      return undefined
    },
  })
  return found
}

function valueOfDocument(document: Document, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw new ConfigError(`${file}: ${(error as Error).message}`)
  }
}

/** A copy of a file without what has a wrong shape, so that the rest can still be looked into. */
function withoutMistakes(written: unknown, mistakes: readonly Mistake[]): ConfigFile {
  const copy = isMap(written) ? structuredClone(written) : {}
  for (const { path } of mistakes) {
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), copy)
    if (isMap(parent)) delete parent[path.at(-1) ?? '']
  }
  return copy
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const maxValueLength = 200

function describe({ path, value, rule }: Mistake, file: string, line: number): string {
  const written = value === undefined ? '' : `${printable(JSON.stringify(value), maxValueLength)} `
  return `${file}:${line}: ${path.join('.') || 'the whole file'}: ${written}${rule}`
}

/** The line of the node at a path, or of the nearest parent that is there; counted from 1. */
function lineOf(path: readonly string[], document: Document, lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    const start = isNode(node) ? node.range?.[0] : undefined
    if (start !== undefined) return lines.linePos(start).line
  }
  return 1
}
