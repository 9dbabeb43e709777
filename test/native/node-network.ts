/** A stand-in for a node: pods with networks of their own, and Services as kube-proxy makes them with nftables. */
import {
  createSandbox,
  missingForSandbox,
  type Peer,
  type RunOptions,
  runOutside,
  type Sandbox,
} from './sandbox.ts'

/** What a node has of each pod, by family; the node itself has the one that ends in 1. */
export const pods = {
  client: { ipv4: '10.1.0.2', ipv6: 'fd01::2' },
  gone: { ipv4: '10.1.1.2', ipv6: 'fd01:1::2' },
  living: { ipv4: '10.1.2.2', ipv6: 'fd01:2::2' },
} as const

export type PodName = keyof typeof pods

/** The addresses of Services, by the backend that they lead to at first. */
export const services = {
  gone: { ipv4: '10.96.0.1', ipv6: 'fd96::1', mapped: '::ffff:10.96.0.1' },
  living: { ipv4: '10.96.0.2', ipv6: 'fd96::2', mapped: '::ffff:10.96.0.2' },
} as const

export type Family = keyof (typeof services)['gone']
export type ServiceName = keyof typeof services

export const servicePort = 80
export const podPort = 8080

export interface NodeNetwork extends AsyncDisposable {
  node: Sandbox
  /** A peer in a pod. */
  podPeer(pod: PodName, options?: RunOptions): Peer
  /** Runs a program in a pod's network. */
  runIn(pod: PodName, ...argv: string[]): ReturnType<Sandbox['run']>
  /** Leads a Service elsewhere from now on, for connections that begin then. */
  lead(service: ServiceName, to: PodName): Promise<void>
  /** Takes a pod's network away before its peers are told anything. */
  cut(pod: PodName): Promise<void>
}

/** Why there can't be one here, if so. */
export async function missingForNodeNetwork(): Promise<string | undefined> {
  const { status } = await runOutside(['nft', '--version']).catch(() => ({ status: null }))
  return missingForSandbox() ?? (status === 0 ? undefined : 'not installed: nft')
}

export async function createNodeNetwork(): Promise<NodeNetwork> {
  const node = await createSandbox()
  const script = async (...lines: string[]) => {
    const { status, stderr } = await node.run(['sh', '-ec', lines.join('\n')])
    if (status !== 0) throw new Error(`the node's network: ${stderr}`)
  }
  const lead = (service: ServiceName, to: PodName) => script(...elements(service, to))
  await script('mount -t tmpfs none /run', ...Object.keys(pods).flatMap(pod => podLines(pod as PodName)))
  await script(
    'echo 1 >/proc/sys/net/ipv4/ip_forward',
    'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding',
    ...uplink,
    `nft -f - <<END\n${rules}\nEND`,
    ...elements('gone', 'gone'),
    ...elements('living', 'living'),
  )
  const inside = (pod: PodName) => ['ip', 'netns', 'exec', pod]
  return {
    node,
    podPeer: (pod, options) =>
      node.peer({ ...options, through: [...inside(pod), ...(options?.through ?? [])] }),
    runIn: (pod, ...argv) => node.run([...inside(pod), ...argv]),
    lead,
    cut: pod => script(`ip link delete ${pod}`),
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  }
}

function podLines(pod: PodName): string[] {
  const { ipv4, ipv6 } = pods[pod]
  const gateways = [ipv4, ipv6].map(address => address.replace(/2$/, '1'))
  const inside = `ip -n ${pod}`
  return [
    `ip netns add ${pod}`,
    `ip link add ${pod} type veth peer name eth0 netns ${pod}`,
    `ip address add ${gateways[0]}/24 dev ${pod}`,
    `ip address add ${gateways[1]}/64 dev ${pod} nodad`,
    `ip link set ${pod} up`,
    `${inside} address add ${ipv4}/24 dev eth0`,
    `${inside} address add ${ipv6}/64 dev eth0 nodad`,
    `${inside} link set lo up`,
    `${inside} link set eth0 up`,
    ...gateways.map(gateway => `${inside} route add default via ${gateway}`),
  ]
}

/** Where packets to a Service would go: without a way there the node's own programs can't even begin. */
const uplink = [
  'ip link add uplink type veth peer name cable',
  'ip link set cable up',
  'ip address add 192.168.77.1/24 dev uplink',
  'ip address add fd77::1/64 dev uplink nodad',
  'ip link set uplink up',
  'ip route add default dev uplink',
  'ip -6 route add default dev uplink',
]

/** In prerouting for pods, in output for programs of the node itself. */
const rules = `
table inet services {
  map pods_ipv4 { type ipv4_addr : ipv4_addr; }
  map pods_ipv6 { type ipv6_addr : ipv6_addr; }
  chain lead {
    tcp dport ${servicePort} dnat ip to ip daddr map @pods_ipv4 : ${podPort}
    tcp dport ${servicePort} dnat ip6 to ip6 daddr map @pods_ipv6 : ${podPort}
  }
  chain prerouting { type nat hook prerouting priority dstnat; jump lead; }
  chain output { type nat hook output priority -100; jump lead; }
}`

function elements(service: ServiceName, to: PodName): string[] {
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const map = `element inet services pods_${family}`
    const address = services[service][family]
    return [
      `nft delete ${map} { ${address} } 2>/dev/null || true`,
      `nft add ${map} { ${address} : ${pods[to][family]} }`,
    ]
  })
}
