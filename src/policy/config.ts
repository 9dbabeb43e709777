/** The configuration: cluster defaults, profiles, the init image. */

import { version } from '../version.ts'
import { type KubernetesVersion, newestKnown } from './kubernetes-version.ts'
import { shippedProfiles } from './profiles.ts'
import { readValues } from './read-values.ts'
import type { PartialValues } from './settings.ts'

/** Resource quantities by name, as Kubernetes writes them: `50m`, `32Mi`. */
export type Quantities = Record<string, string>

/**
 * The init container's seccomp profile. `inherit` names none: OpenShift's older security context constraints, such
 * as `anyuid`, refuse pods that name one.
 */
export const initSeccompProfiles = ['RuntimeDefault', 'inherit'] as const

export interface InitContainer {
  image: string
  seccompProfile: (typeof initSeccompProfiles)[number]
  resources: { requests: Quantities; limits: Quantities }
}

/** What makes programs load the library: LD_PRELOAD, or besides that a file at /etc/ld.so.preload. */
export const preloadCarriers = ['env', 'both'] as const

/** How the webhook comes by its certificate. */
export const certificateModes = ['self', 'cert-manager', 'provided'] as const

export interface Certificates {
  mode: (typeof certificateModes)[number]
  /** The name of the Secret, in Longhaul's own namespace. */
  secret: string
  leafLifetimeMs: number
  caLifetimeMs: number
}

/** What Longhaul is called in its cluster. */
export interface ClusterNames {
  /** Under which the API server reaches the webhook. */
  service: string
  /** Of the mutating and of the validating configuration. */
  webhookConfiguration: string
}

export interface Config {
  defaults: PartialValues
  profiles: ReadonlyMap<string, PartialValues>
  /** Deny a pod with a problem, rather than admit it with a warning. */
  strict: boolean
  init: InitContainer
  preload: { carrier: (typeof preloadCarriers)[number] }
  kubernetesVersion: KubernetesVersion
  excludedNamespaces: ReadonlySet<string>
  shutdown: { settleMs: number; timeoutMs: number }
  /** These are looked at when the process starts, and not again. */
  cluster: ClusterNames
  certs: Certificates
  webhook: {
    /** The path of a PEM file: only clients with a certificate of a CA in it are answered. Undefined: all are. */
    clientCA: string | undefined
  }
}

const dayMs = 24 * 3600 * 1000

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
    seccompProfile: 'RuntimeDefault',
    resources: { requests: initResources, limits: initResources },
  },
  // The file hides one of that name in the image.
  preload: { carrier: 'env' },
  kubernetesVersion: newestKnown,
  excludedNamespaces: new Set(['kube-system']),
  shutdown: { settleMs: 5000, timeoutMs: 20_000 },
  cluster: { service: 'longhaul', webhookConfiguration: 'longhaul' },
  certs: { mode: 'self', secret: 'longhaul-tls', leafLifetimeMs: 90 * dayMs, caLifetimeMs: 5 * 365 * dayMs },
  webhook: { clientCA: undefined },
}
