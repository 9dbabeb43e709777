/** The kernel's keepalive timers for the whole pod: for sockets that ask for keepalive themselves. */

import type { V1Pod, V1Sysctl } from '@kubernetes/client-node'
import { wholeSeconds } from '../../policy/duration.ts'
import { isAtLeast } from '../../policy/kubernetes-version.ts'
import type { Policy } from '../../policy/levels.ts'
import { conflict, type Problem } from '../../policy/problems.ts'
import type { Values } from '../../policy/settings.ts'
import { withSpec } from '../containers.ts'
import { type Context, type Feature, type Outcome, untouched } from '../feature.ts'

/** Kubelets take these three as safe since 1.29; older ones refuse the pod (kubernetes#72593). */
const safeSinceMinor = 29

export const keepaliveSysctl: Feature = { name: 'keepalive-sysctl', apply }

function apply(pod: V1Pod, policy: Policy, { config }: Context): Outcome {
  const { keepalive } = policy.values
  if (keepalive !== 'sysctl' && keepalive !== 'both') return untouched(pod)
  if (pod.spec?.hostNetwork === true) return untouched(pod, [hostNetworkProblem()])
  if (!isAtLeast(config.kubernetesVersion, safeSinceMinor)) return untouched(pod, [oldClusterProblem()])
  const wanted = sysctlsOf(policy.values)
  const present = pod.spec?.securityContext?.sysctls ?? []
  const missing = wanted.filter(({ name }) => !present.some(each => isSysctl(each, name)))
  const sysctls = [...present, ...missing]
  const set = wanted.filter(each => hasValue(sysctls, each)).map(({ name, value }) => `${name}=${value}`)
  return {
    pod:
      missing.length === 0
        ? pod
        : withSpec(pod, { securityContext: { ...pod.spec?.securityContext, sysctls } }),
    ...(set.length === 0 ? {} : { done: { set: set.join(' ') } }),
    problems: wanted.filter(each => !hasValue(sysctls, each)).map(ownValueProblem),
  }
}

function sysctlsOf(values: Values): V1Sysctl[] {
  return [
    { name: 'net.ipv4.tcp_keepalive_time', value: String(wholeSeconds(values['keepalive-idle'])) },
    { name: 'net.ipv4.tcp_keepalive_intvl', value: String(wholeSeconds(values['keepalive-interval'])) },
    { name: 'net.ipv4.tcp_keepalive_probes', value: String(values['keepalive-probes']) },
  ]
}

function hasValue(sysctls: readonly V1Sysctl[], { name, value }: V1Sysctl): boolean {
  return sysctls.some(each => isSysctl(each, name) && each.value === value)
}

/** Kubernetes takes slashes for dots in the name of a sysctl, as sysctl(8) does. */
export function isSysctl({ name }: V1Sysctl, wanted: string): boolean {
  return name === wanted || name.replaceAll('/', '.') === wanted
}

function hostNetworkProblem(): Problem {
  const rule = 'is on the host network, where the API server rejects sysctls'
  return conflict('keepalive', 'the pod', rule, 'use preload', 'No sysctl is set.')
}

function oldClusterProblem(): Problem {
  const rule = `has keepalive sysctls only from Kubernetes 1.${safeSinceMinor} on`
  return conflict('keepalive', 'the cluster', rule, 'use preload', 'No sysctl is set.')
}

function ownValueProblem({ name, value }: V1Sysctl): Problem {
  const fix = `remove it, or set it to ${value}`
  return conflict('keepalive', 'the pod', `sets ${name} itself`, fix, 'It stays.')
}
