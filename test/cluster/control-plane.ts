/**
 * A Kubernetes control plane on loopback: etcd, kube-apiserver and kube-controller-manager, with RBAC and the
 * default admission plugins. There is no scheduler and no kubelet: pods are made, and stay Pending.
 */

import { CoreV1Api, Health } from '@kubernetes/client-node'
import { type WebhookClient, writeAdmissionConfiguration } from './admission-configuration.ts'
import { type Program, pathOf } from './binaries.ts'
import { createCredentials } from './credentials.ts'
import { apiServerFlags, controllersFlags, etcdFlags } from './flags.ts'
import { findFreePort } from './free-port.ts'
import { createIdentity, type Identity } from './identity.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import { type ServiceProxy, startServiceProxy } from './service-proxy.ts'
import { type Sweeper, startSweeper } from './sweeper.ts'

export interface ControlPlane extends AsyncDisposable {
  /** May do everything. */
  admin: Identity
  /** Someone with a token of a service account, as pods get it. */
  serviceAccount(namespace: string, name: string): Promise<Identity>
  /** How the API server reaches the webhooks of Services. */
  services: ServiceProxy
  /** Ends the API server, and starts it anew on the same port. */
  restartApiServer(): Promise<void>
}

export interface ControlPlaneOptions {
  /** What the API server shows to the webhooks of a host, such as `longhaul.longhaul-system.svc`. */
  webhookClient?: WebhookClient
}

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const sweeper = await startSweeper('longhaul-control-plane')
  try {
    return await startIn(sweeper, options)
  } catch (error) {
    await sweeper.sweep()
    throw error
  }
}

async function startIn(sweeper: Sweeper, { webhookClient }: ControlPlaneOptions): Promise<ControlPlane> {
  const { folder } = sweeper
  const start = (program: Program, flags: readonly string[]) => startServer(pathOf(program), flags, sweeper)
  const credentials = await createCredentials(folder)
  const etcdUrl = `http://127.0.0.1:${await findFreePort()}`
  const etcd = await start('etcd', etcdFlags(folder, etcdUrl))
  await etcd.until(async () => (await fetch(`${etcdUrl}/health`)).ok)

  const admissionFile = webhookClient && writeAdmissionConfiguration(folder, webhookClient)
  const services = await startServiceProxy(folder)
  const port = await findFreePort()
  const endpoint = { url: `https://127.0.0.1:${port}`, ca: credentials.ca }
  const identify = (name: string, token: string, namespace?: string): Identity =>
    createIdentity(folder, name, endpoint, token, namespace)
  const admin = identify('admin', credentials.adminToken)
  const startApiServer = async (): Promise<ServerProcess> => {
    const flags = [
      ...apiServerFlags(credentials, etcdUrl, port, services),
      ...(admissionFile === undefined ? [] : [`--admission-control-config-file=${admissionFile}`]),
    ]
    const server = await start('kube-apiserver', flags)
    await server.until(() => new Health(admin.config).readyz({}))
    return server
  }
  let apiServer = await startApiServer()

  const owner = identify('controllers', credentials.controllersToken)
  const controllers = await start('kube-controller-manager', controllersFlags(credentials, owner))
  const core = admin.config.makeApiClient(CoreV1Api)
  await controllers.until(() => hasDefaultAccount(core))

  return {
    admin,
    services,
    serviceAccount: async (namespace, name) =>
      identify(`${namespace}-${name}`, await requestToken(core, namespace, name), namespace),
    async restartApiServer() {
      await apiServer.stop()
      apiServer = await startApiServer()
    },
    async [Symbol.asyncDispose]() {
      for (const server of [controllers, apiServer, etcd]) await server.stop()
      services.close()
      await sweeper.sweep()
    },
  }
}

/** Throws until then. Pods are refused in a namespace that has no such account yet. */
async function hasDefaultAccount(core: CoreV1Api): Promise<boolean> {
  await core.readNamespacedServiceAccount({ namespace: 'default', name: 'default' })
  return true
}

async function requestToken(core: CoreV1Api, namespace: string, name: string): Promise<string> {
  // No audience means the API server itself.
  const body = { spec: { audiences: [], expirationSeconds: 3600 } }
  const { status } = await core.createNamespacedServiceAccountToken({ namespace, name, body })
  if (status?.token === undefined) throw new Error(`no token for the service account ${name} in ${namespace}`)
  return status.token
}
