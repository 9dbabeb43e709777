/** Reading a configuration file, so that every mistake in it is reported at once. */

import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { type Certificates, type Config, defaultConfig, type InitContainer } from './config.ts'
import { ConfigError } from './config-error.ts'
import { type ConfigFile, configFileMistakes, type Scalar } from './config-schema.ts'
import { duration } from './duration-type.ts'
import { type KubernetesVersion, parseKubernetesVersion } from './kubernetes-version.ts'
import { printable } from './problems.ts'
import { quantityOf } from './quantity.ts'
import { readValues } from './read-values.ts'
import type { PartialValues, Place } from './settings.ts'
import { profileName, type Rejection } from './value-types.ts'

interface Mistake {
  path: readonly string[]
  value: unknown
  rule: string
}

type Report = (path: readonly string[], value: unknown, rejection: Rejection) => void

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
    throw new ConfigError(`${file}:${line}:${col}: it is not valid YAML: ${error.message}`)
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

function readConfig(file: ConfigFile, standardVersion: KubernetesVersion, report: Report): Config {
  const { defaults, profiles, strict, init, excludedNamespaces, shutdown, cluster } = file
  return {
    defaults: readSettings(defaults, 'defaults', ['defaults'], report),
    profiles: new Map([...defaultConfig.profiles, ...readProfiles(profiles, report)]),
    strict: strict ?? defaultConfig.strict,
    init: readInit(init, report),
    kubernetesVersion: readVersion(file.kubernetesVersion, report) ?? standardVersion,
    excludedNamespaces:
      excludedNamespaces == null ? defaultConfig.excludedNamespaces : new Set(excludedNamespaces),
    shutdown: {
      settleMs: readTime(shutdown?.settle, stopTime, ['shutdown', 'settle'], report) ?? standardStop.settleMs,
      timeoutMs:
        readTime(shutdown?.timeout, stopTime, ['shutdown', 'timeout'], report) ?? standardStop.timeoutMs,
    },
    cluster: {
      service: cluster?.service ?? defaultConfig.cluster.service,
      webhookConfiguration: cluster?.webhookConfiguration ?? defaultConfig.cluster.webhookConfiguration,
    },
    certs: readCertificates(file.certs, report),
    webhook: { clientCA: file.webhook?.clientCA ?? defaultConfig.webhook.clientCA },
  }
}

function readSettings(
  map: Record<string, unknown> | null | undefined,
  place: Place,
  path: readonly string[],
  report: Report,
): PartialValues {
  const { values, rejections } = readValues(Object.entries(map ?? {}), place)
  for (const { key, rule, fix } of rejections) report([...path, key], map?.[key], { rule, fix })
  return values
}

function readProfiles(profiles: ConfigFile['profiles'], report: Report): [string, PartialValues][] {
  return Object.entries(profiles ?? {}).map(([name, map]) => {
    const parsed = profileName.parse(name, '')
    if (!('value' in parsed)) report(['profiles', name], undefined, parsed)
    return [name, readSettings(map, 'profile', ['profiles', name], report)]
  })
}

function readInit(init: ConfigFile['init'], report: Report): InitContainer {
  const { image, seccompProfile, resources } = defaultConfig.init
  const requests = texts(init?.resources?.requests)
  const limits = texts(init?.resources?.limits)
  // Where only one is given it holds for both: the API server refuses pods that request more than their limit.
  const read = {
    requests: requests ?? limits ?? resources.requests,
    limits: limits ?? requests ?? resources.limits,
  }
  for (const [name, request] of Object.entries(read.requests)) {
    const limit = read.limits[name]
    if (limit === undefined || quantityOf(request) <= quantityOf(limit)) continue
    const rule = `is more than the limit of ${limit}`
    report(['init', 'resources', 'requests', name], request, { rule, fix: 'raise the limit' })
  }
  return {
    image: init?.image ?? image,
    seccompProfile: init?.seccompProfile ?? seccompProfile,
    resources: read,
  }
}

function texts(map: Record<string, Scalar> | null | undefined): Record<string, string> | undefined {
  if (map == null) return undefined
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]))
}

function readVersion(written: Scalar | null | undefined, report: Report): KubernetesVersion | undefined {
  if (written == null) return undefined
  // A number has lost what tells 1.3 from 1.30.
  const version = typeof written === 'string' ? parseKubernetesVersion(written) : undefined
  if (version !== undefined) return version
  report(['kubernetesVersion'], written, { rule: 'is not a version', fix: 'write it in quotes, as "1.30"' })
  return undefined
}

function readCertificates(certs: ConfigFile['certs'], report: Report): Certificates {
  const standard = defaultConfig.certs
  const leaf = readTime(certs?.leafLifetime, lifetime, ['certs', 'leafLifetime'], report)
  const ca = readTime(certs?.caLifetime, lifetime, ['certs', 'caLifetime'], report)
  const read = {
    mode: certs?.mode ?? standard.mode,
    secret: certs?.secret ?? standard.secret,
    leafLifetimeMs: leaf ?? standard.leafLifetimeMs,
    caLifetimeMs: ca ?? standard.caLifetimeMs,
  }
  // A CA makes way for the next after two thirds of its life; its last leaf must not outlive it.
  if (read.caLifetimeMs < 3 * read.leafLifetimeMs) {
    const rule = `is less than three times leafLifetime, ${lifetime.format(read.leafLifetimeMs)}`
    const fix = `write ${lifetime.format(3 * read.leafLifetimeMs)}`
    report(['certs', 'caLifetime'], certs?.caLifetime ?? undefined, { rule, fix })
  }
  return read
}

const standardStop = defaultConfig.shutdown
const hourMs = 3_600_000

/** How long a phase of the stop may take. */
export const stopTime = { ...duration({ minMs: 0, maxMs: hourMs, milliseconds: true }), example: '5s' }
/** How long a certificate is valid. */
export const lifetime = { ...duration({ minMs: 30_000, maxMs: 20 * 365 * 24 * hourMs }), example: '2160h' }

function readTime(
  written: Scalar | null | undefined,
  type: typeof stopTime,
  path: readonly string[],
  report: Report,
): number | undefined {
  if (written == null) return undefined
  const parsed = type.parse(String(written), type.example)
  if ('value' in parsed) return parsed.value
  report(path, written, parsed)
  return undefined
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
