/** A readiness probe for containers that declare a TCP port and have none, so that traffic waits for them. */

import type { V1Container, V1Pod, V1Probe } from '@kubernetes/client-node'
import { isSet, type Policy, podPlace } from '../../policy/levels.ts'
import { conflict, type Problem } from '../../policy/problems.ts'
import { appContainers, changeContainers } from '../containers.ts'
import { covers } from '../covers.ts'
import { tcpPorts } from '../drain-ports.ts'
import { type Feature, type Outcome, untouched } from '../feature.ts'

export const readiness: Feature = { name: 'readiness', apply }

type PortOf = (container: V1Container) => number | string | undefined

function apply(pod: V1Pod, policy: Policy): Outcome {
  const { readiness: setting, 'readiness-port': wantedPort } = policy.values
  if (setting === 'off') return untouched(pod)
  const listening = appContainers(pod, policy).filter(container => tcpPorts(container).length > 0)
  const portOf = portChooser(listening, wantedPort)
  const probes = new Map(
    listening.flatMap(container => {
      const port = portOf(container)
      return port === undefined ? [] : [[container.name, probe(policy, port)] as const]
    }),
  )
  // Of a pod that listens nowhere that is said only where the pod itself asks for a probe.
  const isMissed = listening.length > 0 ? wantedPort !== undefined : policy.sources.readiness === podPlace
  const problems = probes.size === 0 && isMissed ? [undeclared(wantedPort)] : []
  const names = listening.filter(each => takes(each, probes.get(each.name))).map(({ name }) => name)
  if (names.length === 0) return untouched(pod, problems)
  const changed = changeContainers(pod, names, container => withProbe(container, probes.get(container.name)))
  return { pod: changed, done: { containers: names, set: kind(policy) }, problems }
}

/**
 * The port to probe in each container. A number that no container declares is taken where it can only mean
 * one of them: health is often served on a port that nobody declares.
 */
function portChooser(listening: readonly V1Container[], wanted: number | string | undefined): PortOf {
  if (wanted === undefined) return container => tcpPorts(container)[0]?.number
  const declares = (container: V1Container) =>
    tcpPorts(container).some(({ number, name }) => number === wanted || name === wanted)
  const onlyOne = typeof wanted === 'number' && listening.length === 1
  return container => (declares(container) || onlyOne ? wanted : undefined)
}

function kind(policy: Policy): 'http' | 'tcp' {
  const setting = policy.values.readiness
  if (setting !== 'auto') return setting === 'http' ? 'http' : 'tcp'
  return isSet(policy, 'readiness-path') ? 'http' : 'tcp'
}

function probe(policy: Policy, port: number | string): V1Probe {
  const check =
    kind(policy) === 'http'
      ? { httpGet: { path: policy.values['readiness-path'], port } }
      : { tcpSocket: { port } }
  return { ...check, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 }
}

/** True for a container without a probe, and for one whose probe an earlier run set. */
function takes({ readinessProbe }: V1Container, wanted: V1Probe | undefined): boolean {
  return wanted !== undefined && (readinessProbe == null || covers(readinessProbe, wanted))
}

function withProbe(container: V1Container, wanted: V1Probe | undefined): V1Container {
  if (wanted === undefined || container.readinessProbe != null) return container
  return { ...container, readinessProbe: wanted }
}

function undeclared(port: number | string | undefined): Problem {
  const rule = `has no container that declares ${port === undefined ? 'a TCP port' : `port ${port}`}`
  return conflict(
    port === undefined ? 'readiness' : 'readiness-port',
    'the pod',
    rule,
    'declare it in ports',
    'No probe is set.',
  )
}
