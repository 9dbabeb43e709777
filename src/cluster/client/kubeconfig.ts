/** A person's kubeconfig, found as kubectl finds it. */

import { InputError } from '../../manifests/input-error.ts'
import { KubeConfig } from './kubernetes.ts'

export interface KubeConfigChoice {
  /** Instead of the files in the variable KUBECONFIG, or of ~/.kube/config. */
  file?: string
  /** Instead of the current context. */
  context?: string
}

/** What the client library falls back to where there is no file, and nothing answers. */
const serverOfNoFile = 'http://localhost:8080'

/**
 * The kubeconfig, with the context that was chosen as the current one; in a pod without any, the service
 * account. Throws an InputError where there is none, it can't be read, or it has no such context.
 */
export function loadKubeConfig({ file, context }: KubeConfigChoice): KubeConfig {
  const config = new KubeConfig()
  try {
    if (file === undefined) config.loadFromDefault({}, true)
    else config.loadFromFile(file)
  } catch (error) {
    throw new InputError(`${file ?? 'the kubeconfig'}: it can't be read: ${(error as Error).message}`)
  }
  if (context !== undefined) config.setCurrentContext(context)
  check(config, file ?? 'the kubeconfig')
  return config
}

function check(config: KubeConfig, file: string): void {
  const context = config.getCurrentContext()
  const cluster = config.getCurrentCluster()
  if (cluster?.server === serverOfNoFile) {
    throw new InputError('there is no kubeconfig: name a file in the variable KUBECONFIG')
  }
  if (cluster !== null) return
  const known = config.getContexts().map(({ name }) => name)
  const fix = `choose one by --context: ${known.join(', ') || 'it has none'}`
  if (!context) throw new InputError(`${file}: it has no current context; ${fix}`)
  const what = known.includes(context)
    ? `its context ${context} names no cluster of it`
    : `it has no context ${context}`
  throw new InputError(`${file}: ${what}; ${fix}`)
}

/** The namespace of a call that names none. */
export function namespaceOf(config: KubeConfig): string {
  return config.getContextObject(config.getCurrentContext())?.namespace || 'default'
}
