/**
 * Stands in for kube-proxy: brings the API server's connections to the cluster IP of a Service to ports of
 * loopback. The API server asks for them by CONNECT on a socket, as it does where nodes are in another network.
 */

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

export interface ServiceProxy {
  /** The EgressSelectorConfiguration for kube-apiserver. */
  egressFile: string
  /** From now on new connections to an address such as `10.0.0.7:443` go to these ports in turn. */
  route(address: string, ports: readonly number[]): void
  close(): void
}

export async function startServiceProxy(folder: string): Promise<ServiceProxy> {
  const socketFile = join(folder, 'services.sock')
  const egressFile = join(folder, 'egress.json')
  writeFileSync(egressFile, JSON.stringify(clusterEgress(socketFile)))

  const routes = new Map<string, readonly number[]>()
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer()
  server.on('connect', ({ url = '' }, downstream: Socket) => {
    const ports = routes.get(url) ?? []
    const port = ports[turn++ % ports.length]
    if (port === undefined) {
      downstream.end('HTTP/1.1 503 No Endpoints\r\n\r\n')
      return
    }
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      downstream.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(downstream).pipe(upstream)
    })
    upstream.on('error', () => {}).once('close', () => downstream.destroySoon())
    downstream.on('error', () => {}).once('close', () => upstream.destroySoon())
    open.add(downstream)
    downstream.once('close', () => open.delete(downstream))
  })
  server.listen(socketFile).unref()
  await once(server, 'listening')
  return {
    egressFile,
    route: (address, ports) => void routes.set(address, ports),
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

/** Only what goes to Services, pods and nodes; etcd and webhooks with a URL are reached as ever. */
function clusterEgress(socketFile: string): object {
  return {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      {
        name: 'cluster',
        connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socketFile } } },
      },
    ],
  }
}
