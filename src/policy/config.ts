/** The configuration: cluster defaults, profiles, the init image. */

import { version } from '../version.ts'
import { type KubernetesVersion, newestKnown } from './kubernetes-version.ts'
import { shippedProfiles } from './profiles.ts'
import { readValues } from './read-values.ts'
import type { PartialValues } from './settings.ts'

/** Resource quantities by name, as Kubernetes writes them: `50m`, `32Mi`. */
export type Quantities = Record<string, string>

export interface InitContainer {
  image: string
  resources: { requests: Quantities; limits: Quantities }
}

export interface Config {
  defaults: PartialValues
  profiles: ReadonlyMap<string, PartialValues>
  /** Deny a pod with a problem, rather than admit it with a warning. */
  strict: boolean
  init: InitContainer
  kubernetesVersion: KubernetesVersion
  excludedNamespaces: ReadonlySet<string>
  shutdown: { settleMs: number; timeoutMs: number }
}

/**
 * Requests equal limits, so that a pod in the Guaranteed class stays in it: the class is computed over init
 * containers too. Both are there because a ResourceQuota rejects containers without (linkerd2#10162).
 */
const initResources: Quantities = { cpu: '50m', memory: '32Mi' }

/** What holds without a configuration file, and for every field that the file leaves out. */
export const defaultConfig: Config = {
  defaults: {},
  profiles: new Map(
    Object.entries(shippedProfiles).map(([name, values]) => {
      return [name, readValues(Object.entries(values), 'profile').values]
    }),
  ),
  strict: false,
  init: {
    image: `ghcr.io/longhaul-dev/longhaul-init:${version}`,
    resources: { requests: initResources, limits: initResources },
  },
  kubernetesVersion: newestKnown,
  excludedNamespaces: new Set(['kube-system']),
  shutdown: { settleMs: 5000, timeoutMs: 20_000 },
}
