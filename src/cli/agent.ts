/** `longhaul agent`: what Longhaul does on a node. */

import { Command } from 'commander'
import { readPort } from './port-option.ts'
import type { Terminal } from './terminal.ts'

export interface AgentCall {
  node: string
  config?: string
  adminPort: number
  existingConnections: boolean
  staleConnections: boolean
  dryRun: boolean
  networks: string
  cgroups: string
  binary: string
  context?: string
  kubeconfig?: string
}

/** The command, for the program's list. */
export function agentCommand(terminal: Terminal): Command {
  return new Command('agent')
    .summary('run the agent of a node')
    .description(
      'Runs on a node, as root: has its kernel set keepalive on the sockets of pods with longhaul.dev/keepalive: node, and ends connections to endpoints that are gone; in a cluster by the rights of its service account (or of a kubeconfig).',
    )
    .requiredOption('--node <name>', 'the node that it runs on')
    .option('--config <file>', "the webhook's configuration file; changes take effect at once")
    .option('--admin-port <number>', 'HTTP port of probes and metrics; 0 for any', readPort, 8080)
    .option('--existing-connections', 'also on sockets that are there already (needs hostPID)', false)
    .option(
      '--stale-connections',
      'end connections of the node to endpoints that are gone (in the network of the node)',
      false,
    )
    .option('--dry-run', 'of these only say and count which they would be', false)
    .option('--networks <folder>', 'where the network namespaces of pods are bound', '/var/run/netns')
    .option('--cgroups <folder>', 'where cgroups of version 2 are mounted', '/sys/fs/cgroup')
    .option('--binary <file>', 'the program longhaul-node', 'longhaul-node')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--kubeconfig <file>', 'kubeconfig (default: as for kubectl)')
    .action(async (call: AgentCall) => {
      const { runAgent } = await import('./run-agent.ts')
      await runAgent(call, terminal)
    })
}
