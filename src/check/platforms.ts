/** What platforms do to connections and to pods that end, each fact with its source. */

export interface PlatformFacts {
  /** For people. */
  title: string
  /** How long an upgrade waits for the pods of a node to end. */
  upgrade: Limit
  /** After how long a flow is forgotten over which nothing comes. */
  idle: Limit
  /** How long a target that is deregistered keeps its connections. */
  deregistrationDelay?: Limit
}

export interface Limit {
  seconds: number
  /** Whose limit it is. */
  of: string
  source: string
}

export const platforms = {
  aks: {
    title: 'Azure Kubernetes Service',
    upgrade: {
      seconds: 1800,
      of: 'upgrades of node pools',
      source: 'https://learn.microsoft.com/azure/aks/upgrade-aks-cluster#set-node-drain-timeout-value',
    },
    idle: {
      seconds: 240,
      of: "Azure's load balancers",
      source: 'https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-idle-timeout',
    },
  },
  eks: {
    title: 'Amazon Elastic Kubernetes Service',
    upgrade: {
      seconds: 900,
      of: 'updates of managed node groups',
      source: 'https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html',
    },
    idle: {
      seconds: 350,
      of: 'Network Load Balancers and NAT gateways',
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html',
    },
    deregistrationDelay: {
      seconds: 300,
      of: 'target groups',
      source:
        'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html',
    },
  },
  gke: {
    title: 'Google Kubernetes Engine',
    upgrade: {
      seconds: 3600,
      of: 'upgrades of nodes',
      source: 'https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies',
    },
    idle: {
      seconds: 600,
      of: 'the firewalls of Google Cloud',
      source: 'https://cloud.google.com/compute/docs/troubleshooting/general-tips',
    },
  },
} as const satisfies Readonly<Record<string, PlatformFacts>>

/** Nodes that are taken away at short notice, by the label that only they have. */
export interface SpotNodes extends Limit {
  label: string
  value: string
}

/** Of the 30 s the kubelet keeps the second half for critical pods of the system. */
const gkeSpot = {
  seconds: 15,
  of: 'spot nodes of GKE',
  source: 'https://cloud.google.com/kubernetes-engine/docs/concepts/spot-vms',
}
const ec2Spot = {
  seconds: 120,
  of: 'spot instances of EC2',
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html',
}

export const spotNodes: readonly SpotNodes[] = [
  { label: 'cloud.google.com/gke-spot', value: 'true', ...gkeSpot },
  { label: 'cloud.google.com/gke-preemptible', value: 'true', ...gkeSpot },
  { label: 'eks.amazonaws.com/capacityType', value: 'SPOT', ...ec2Spot },
  { label: 'karpenter.sh/capacity-type', value: 'spot', ...ec2Spot },
  {
    label: 'kubernetes.azure.com/scalesetpriority',
    value: 'spot',
    seconds: 30,
    of: 'spot nodes of Azure',
    source: 'https://learn.microsoft.com/azure/virtual-machines/spot-vms',
  },
]

export type Platform = keyof typeof platforms
