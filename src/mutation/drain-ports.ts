/** Whose ports a drain waits for: all that are listened on in the pod, but those that are for metrics and health. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { type Policy, podPlace, type Source } from '../policy/levels.ts'
import { conflict, type Problem } from '../policy/problems.ts'
import type { Key } from '../policy/settings.ts'
import { isMeshProxy, lastingContainers } from './containers.ts'

/** Ports for the binary, each once and in order. */
export interface WatchedPorts {
  /** The only ones to watch; none: whatever is listened on. */
  only: readonly number[]
  /** The ones not to watch in any case. */
  not: readonly number[]
}

export interface DrainPorts {
  /** Undefined where nothing is drained: nobody asks for it, or nothing tells the pod's connections from the node's. */
  watched: WatchedPorts | undefined
  problems: readonly Problem[]
}

interface Port {
  number: number
  name?: string | undefined
}

/** A hook is copied into every container: what it holds has a bound. */
const maxPorts = 64

/** Names by which a pod says that nobody's session is on a port, but a scraper's or a prober's connection. */
const quietNames: ReadonlySet<string> = new Set([
  'metrics',
  'prometheus',
  'monitoring',
  'health',
  'healthz',
  'admin',
])

/** What the proxies of meshes serve to scrapers and probers (Istio: "Ports used by Istio", Linkerd: the admin port). */
const meshPorts: Readonly<Record<string, readonly number[]>> = {
  'istio-proxy': [15020, 15021, 15090],
  'linkerd-proxy': [4191],
}

const noDrain: DrainPorts = { watched: undefined, problems: [] }

/**
 * The ports that the pod's drains watch, by the setting `drain-ports`: the same for all of its containers, so that none ends
 * before the last connection has. Costs as much as the pod declares.
 */
export function drainPorts(pod: V1Pod, { values, sources }: Policy): DrainPorts {
  if (values['drain-timeout'] === 'off') return noDrain
  const setting = values['drain-ports']
  const containers = lastingContainers(pod)
  const auto = pod.spec?.hostNetwork === true ? hostPorts(pod, containers) : podPorts(pod, containers)
  if (setting === 'auto') return auto
  const { ports, unknown } = resolve(setting, containers.flatMap(tcpPorts))
  const only = ports.length > maxPorts ? [] : ports
  const problem = problemFrom(sources['drain-ports'], only.length > 0 ? 'Using the others.' : 'Using auto.')
  const isOwn = sources['drain-ports'] === podPlace
  const isMissed = isOwn ? unknown.length > 0 : ports.length === 0
  const verb = isOwn ? 'is' : 'names'
  const problems = [
    ...(isMissed ? [problem(unknown, `${verb} no TCP port of a container`, 'declare it in ports')] : []),
    ...(ports.length > maxPorts
      ? [problem(setting, `stands for more than ${maxPorts} ports`, 'write fewer')]
      : []),
  ]
  if (only.length > 0) return { watched: { only, not: [] }, problems }
  return { watched: auto.watched, problems: [...problems, ...auto.problems] }
}

/** Whatever is listened on in the pod, but for what is quiet. */
function podPorts(pod: V1Pod, containers: readonly V1Container[]): DrainPorts {
  return { watched: { only: [], not: quietPorts(pod, containers).slice(0, maxPorts) }, problems: [] }
}

/** What the pod's containers declare: on a host network the binary can't tell its ports from the node's. */
function hostPorts(pod: V1Pod, containers: readonly V1Container[]): DrainPorts {
  const quiet = new Set(quietPorts(pod, containers))
  const declared = inOrder(containers.flatMap(tcpPorts).map(({ number }) => number))
  const only = declared.filter(number => !quiet.has(number))
  if (only.length === 0) return { watched: undefined, problems: [portless()] }
  const problems = only.length > maxPorts ? [tooManyPorts()] : []
  return { watched: { only: only.slice(0, maxPorts), not: [] }, problems }
}

function portless(): Problem {
  const rule = 'is on the host network and declares no TCP port to drain'
  return conflict('drain-timeout', 'the pod', rule, 'declare it in ports', 'Nothing is drained.')
}

function tooManyPorts(): Problem {
  const rule = `declares more than ${maxPorts} ports`
  const effect = `The lowest ${maxPorts} are watched.`
  return conflict('drain-ports', 'the pod', rule, 'name those that count', effect)
}

/**
 * Names the value only where the pod itself has it. A profile's list is made for many pods: what it lacks for one of them
 * is nobody's mistake, which a strict configuration would deny the pod for.
 */
function problemFrom(place: Source, effect: string) {
  const key: Key = 'drain-ports'
  return (value: readonly (number | string)[], rule: string, fix: string): Problem =>
    place === podPlace
      ? { key, value: value.join(','), place, rule, fix, effect }
      : conflict(key, `the list of ${place}`, rule, fix, effect)
}

/** The numbers that stand for ports, and the names that no container gives to one. */
function resolve(
  setting: readonly (number | string)[],
  declared: readonly Port[],
): { ports: number[]; unknown: string[] } {
  const known = new Set(declared.map(({ name }) => name))
  const wanted = new Set<unknown>(setting)
  const named = declared.filter(({ name }) => wanted.has(name)).map(({ number }) => number)
  const names = setting.filter(each => typeof each === 'string')
  return {
    ports: inOrder([...setting.filter(each => typeof each === 'number'), ...named]),
    unknown: names.filter(name => !known.has(name)),
  }
}

/** The TCP ports that a container declares. */
export function tcpPorts(container: V1Container): Port[] {
  return (container.ports ?? [])
    .filter(({ protocol }) => protocol === undefined || protocol === null || protocol === 'TCP')
    .map(({ containerPort, name }) => ({ number: containerPort, name }))
}

/** A port that a declaration of another kind speaks for, too, stays counted: many serve metrics beside sessions. */
function quietPorts(pod: V1Pod, containers: readonly V1Container[]): number[] {
  const declared = containers.filter(each => !isMeshProxy(each)).flatMap(tcpPorts)
  const spokenFor = new Set(declared.filter(port => !isQuiet(port)).map(({ number }) => number))
  const said = [
    ...declared.filter(isQuiet).map(({ number }) => number),
    ...scrapedPort(pod),
    ...containers.flatMap(({ name }) => (Object.hasOwn(meshPorts, name) ? (meshPorts[name] ?? []) : [])),
  ]
  return inOrder(said.filter(number => !spokenFor.has(number)))
}

/** True for a port by whose name metrics or health are known. */
export function isQuiet({ name }: Partial<Port>): boolean {
  return typeof name === 'string' && (quietNames.has(name) || name.endsWith('-metrics'))
}

/** The convention of Prometheus' example configuration for pods. */
function scrapedPort({ metadata }: V1Pod): number[] {
  const text: unknown = metadata?.annotations?.['prometheus.io/port']
  return typeof text === 'string' && /^\d{1,5}$/.test(text) ? [Number(text)] : []
}

/** Without what is no port: the binary would refuse the whole call. */
function inOrder(numbers: readonly number[]): number[] {
  const ports = numbers.filter(each => Number.isInteger(each) && each >= 1 && each <= 65_535)
  return [...new Set(ports)].sort((one, other) => one - other)
}
