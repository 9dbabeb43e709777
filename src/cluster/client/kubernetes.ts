/**
 * What Longhaul uses of Kubernetes' client library. Nothing else imports it: with all that it brings it is larger
 * than the rest of Longhaul, and so is loaded only where a command talks to a cluster.
 */

export type { ResponseContext } from '@kubernetes/client-node'
export {
  AdmissionregistrationV1Api,
  ApiException,
  CoreV1Api,
  createConfiguration,
  DiscoveryV1Api,
  Exec,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  PatchStrategy,
  RequestContext,
  ServerConfiguration,
  setHeaderOptions,
  VersionApi,
  Watch,
} from '@kubernetes/client-node'
