/** How Longhaul talks to the API server. */

import { type KubernetesVersion, parseKubernetesVersion } from '../../policy/kubernetes-version.ts'
import { type KubeConfigChoice, loadKubeConfig, namespaceOf } from './kubeconfig.ts'
import {
  AdmissionregistrationV1Api,
  ApiException,
  CoreV1Api,
  createConfiguration,
  DiscoveryV1Api,
  type RequestContext,
  type ResponseContext,
  ServerConfiguration,
  VersionApi,
  Watch,
} from './kubernetes.ts'

export interface ClusterClient {
  core: CoreV1Api
  discovery: DiscoveryV1Api
  registration: AdmissionregistrationV1Api
  watch: Watch
  /** That of the pod, or of the kubeconfig's context. */
  namespace: string
  /** The API server's own version. */
  readVersion(): Promise<KubernetesVersion>
}

/** Whose a field is that Longhaul wrote: the API server says so to whoever would change it, such as Helm. */
export const fieldManager = 'longhaul'

/** A request that takes longer has met a connection that is dead: nothing that is asked here is large. */
const requestTimeoutMs = 10_000

/**
 * A client with the rights of the pod's service account, or, outside a cluster, of the kubeconfig that kubectl
 * would take. Connects at the first request. Throws an InputError where there is neither.
 */
export function createClusterClient(choice: KubeConfigChoice = {}): ClusterClient {
  const kubeConfig = loadKubeConfig(choice)
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(kubeConfig.getCurrentCluster()?.server ?? '', {}),
    authMethods: { default: kubeConfig },
    promiseMiddleware: [withDeadline],
  })
  const version = new VersionApi(configuration)
  return {
    core: new CoreV1Api(configuration),
    discovery: new DiscoveryV1Api(configuration),
    registration: new AdmissionregistrationV1Api(configuration),
    watch: new Watch(kubeConfig),
    namespace: namespaceOf(kubeConfig),
    async readVersion() {
      const { gitVersion } = await version.getCode()
      const parsed = parseKubernetesVersion(gitVersion)
      if (parsed === undefined) throw new Error(`the API server's version can't be read: ${gitVersion}`)
      return parsed
    },
  }
}

const withDeadline = {
  async pre(context: RequestContext): Promise<RequestContext> {
    context.setSignal(AbortSignal.timeout(requestTimeoutMs))
    return context
  },
  post: async (context: ResponseContext): Promise<ResponseContext> => context,
}

/** The HTTP status of an answer that the client has thrown, if it is one. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined
}

/** For `catch`: nothing where the API server has no such object; whatever else went wrong is thrown again. */
export function undefinedIfMissing(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error
}

/** What went wrong, in one line; an answer's body and headers are left out. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiException) return messageOf(error.body) ?? `HTTP status ${error.code}`
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}

/** The message of a Kubernetes Status, which the client leaves as text. */
function messageOf(body: unknown): string | undefined {
  try {
    return (JSON.parse(String(body)) as { message?: string }).message
  } catch {
    return undefined
  }
}
