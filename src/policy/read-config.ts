/** The values of a configuration file, read one by one. */

import { type Certificates, type Config, defaultConfig, type InitContainer } from './config.ts'
import type { ConfigFile, Scalar } from './config-schema.ts'
import { duration } from './duration-type.ts'
import { type KubernetesVersion, parseKubernetesVersion } from './kubernetes-version.ts'
import { quantityOf } from './quantity.ts'
import { readValues } from './read-values.ts'
import type { PartialValues, Place } from './settings.ts'
import { profileName, type Rejection } from './value-types.ts'

/** Told of each value that can't be used. */
export type Report = (path: readonly string[], value: unknown, rejection: Rejection) => void

/**
 * The configuration that a file of the right shape stands for. What it leaves out is that of `defaultConfig`, but for the
 * version of Kubernetes. What can't be used is reported, and left out as well.
 */
export function readConfig(file: ConfigFile, standardVersion: KubernetesVersion, report: Report): Config {
  const { defaults, profiles, strict, init, excludedNamespaces, shutdown, cluster } = file
  return {
    defaults: readSettings(defaults, 'defaults', ['defaults'], report),
    profiles: new Map([...defaultConfig.profiles, ...readProfiles(profiles, report)]),
    strict: strict ?? defaultConfig.strict,
    init: readInit(init, report),
    preload: { carrier: file.preload?.carrier ?? defaultConfig.preload.carrier },
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
