/** What may keep the library from a container's programs, where the pod gives a sign of it. */

import type { V1Container, V1Pod } from '@kubernetes/client-node'
import { lastingContainers } from '../mutation/containers.ts'
import type { Decision } from '../mutation/decide.ts'
import { keepalivePreload } from '../mutation/features/keepalive-preload.ts'
import { hasPreloadFile, preloadPath } from '../mutation/preload-file.ts'

/**
 * Notes on containers that add capabilities and don't run as root. Programs use those by file capabilities as a rule
 * (there is no field for ambient ones, KEP-2763), and for such programs the dynamic linker ignores LD_PRELOAD (ld.so(8),
 * secure-execution mode), though glibc's does not ignore /etc/ld.so.preload. Whether the image has any is not in the pod:
 * so it is no problem, and no warning.
 */
export function keepaliveNotes({ mutation, denial }: Decision): string[] {
  if (mutation.outcome === 'skipped' || denial !== undefined) return []
  const { pod, done } = mutation
  const preloaded = new Set(done[keepalivePreload.name]?.containers ?? [])
  const doubtful = lastingContainers(pod).filter(
    each => preloaded.has(each.name) && addsCapabilities(each) && isNonRoot(each, pod),
  )
  return [
    ...noteOn(
      doubtful.filter(each => !hasPreloadFile(each)),
      'use sysctl for it.',
    ),
    ...noteOn(doubtful.filter(hasPreloadFile), `${preloadPath} reaches it where the image has glibc.`),
  ]
}

function noteOn(containers: readonly V1Container[], rest: string): string[] {
  if (containers.length === 0) return []
  const names = new Intl.ListFormat('en').format(containers.map(({ name }) => name))
  const [subject, verb] = containers.length === 1 ? ['Container', 'adds'] : ['Containers', 'add']
  return [
    `${subject} ${names} ${verb} capabilities for a user other than root: a program that has them as file capabilities (getcap) ignores LD_PRELOAD; ${rest}`,
  ]
}

function addsCapabilities({ securityContext }: V1Container): boolean {
  return (securityContext?.capabilities?.add ?? []).length > 0
}

/** As far as the pod says: the user of an image is not known. */
function isNonRoot({ securityContext }: V1Container, { spec }: V1Pod): boolean {
  const user = securityContext?.runAsUser ?? spec?.securityContext?.runAsUser
  if (user != null) return user !== 0
  return (securityContext?.runAsNonRoot ?? spec?.securityContext?.runAsNonRoot) === true
}
