/** The configuration files of a node's daemons. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathOf } from '../../cluster/binaries.ts'
import { dnsAddress, type Node } from './node.ts'

export interface NodeFiles {
  containerd: string
  kubelet: string
}

export const containerdSocket = '/run/containerd/containerd.sock'

/** Writes them into the node's folder. */
export function writeNodeFiles(node: Node, caFile: string): NodeFiles {
  const write = (name: string, content: object): string => {
    const file = join(node.folder, name)
    writeFileSync(file, JSON.stringify(content))
    return file
  }
  const networks = join(node.folder, 'networks')
  mkdirSync(networks, { recursive: true })
  write('networks/pods.conflist', podNetwork(node))
  const containerd = join(node.folder, 'containerd.toml')
  writeFileSync(containerd, containerdToml(networks))
  const resolvConf = join(node.folder, 'resolv.conf')
  writeFileSync(resolvConf, '')
  return { containerd, kubelet: write('kubelet.json', kubeletConfiguration(node, caFile, resolvConf)) }
}

function kubeletConfiguration(node: Node, caFile: string, resolvConf: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // Debian's older and hybrid hosts have v1.
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    address: node.address,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: caFile },
    },
    authorization: { mode: 'Webhook' },
    failSwapOn: false,
    resolvConf,
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // The disk is the host's: what it is full of is none of the node's business.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  }
}

function containerdToml(networks: string): string {
  const runtime = "plugins.'io.containerd.cri.v1.runtime'"
  return `version = 3
[grpc]
address = "${containerdSocket}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = "localhost/pause:1"
[${runtime}]
disable_apparmor = true
# Without CAP_SYS_RESOURCE, which root lacks on some hosts, no sandbox could lower its score.
restrict_oom_score_adj = true
[${runtime}.cni]
bin_dirs = ["${join(pathOf('cni/ptp'), '..')}"]
conf_dir = "${networks}"
[${runtime}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[${runtime}.containerd.runtimes.runc.options]
SystemdCgroup = false
[plugins.'io.containerd.nri.v1.nri']
disable = true
`
}

function podNetwork({ pods }: Node): object {
  const ipam = { type: 'host-local', subnet: pods, routes: [{ dst: '0.0.0.0/0' }] }
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      { type: 'ptp', mtu: 1400, ipam },
      { type: 'portmap', capabilities: { portMappings: true }, backend: 'nftables' },
    ],
  }
}
