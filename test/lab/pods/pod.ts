/** A pod, run as the kubelet runs it: init containers, containers, postStart, readiness; and its deletion. */

import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { V1LifecycleHandler, V1Pod, V1PodSpec } from '@kubernetes/client-node'
import { newFolder } from '../hosts/file-system.ts'
import { addHost, type Host, onHost, removeHost, removeInterface } from '../hosts/network.ts'
import { program } from '../hosts/program.ts'
import { type Container, said, startContainer } from './container.ts'
import { environmentOf, type Variables } from './environment.ts'
import { runInitContainer } from './init-container.ts'
import { answers } from './probe.ts'
import { makeVolumes, mountArguments, removeVolumes } from './volumes.ts'

export interface Pod {
  name: string
  labels: Record<string, string>
  host: Host
  containers: readonly Container[]
  /** Settles when the pod is Ready: every postStart hook has ended, every readiness probe was answered. */
  ready: Promise<void>
  /** What the kubelet does when the pod is deleted. Settles when nothing of it is left. */
  terminate(how: Termination): Promise<void>
}

export type Termination =
  /** preStop, SIGTERM, and SIGKILL when the grace period is over. */
  | 'gracefully'
  /** SIGKILL at once. */
  | 'by force'
  /** SIGKILL, after the network has gone: nobody hears of it. */
  | 'without network'

export interface PodOptions {
  name: string
  services: Variables
  /** What the lab's timers are divided by; Longhaul sets the period of probes, in real seconds. */
  scale: number
}

const readyWithinMs = 60_000

/** What the kubelet leaves a program after SIGTERM, however long its hook took. Divided by the lab's scale. */
const leastStopSeconds = 2

interface Running {
  name: string
  scale: number
  spec: V1PodSpec
  host: Host
  /** Holds its volumes. */
  folder: string
  containers: Container[]
}

/** Starts a pod; its containers run when the promise settles, but need not be ready. */
export async function startPod(pod: V1Pod, { name, services, scale }: PodOptions): Promise<Pod> {
  const { spec } = pod
  if (spec === undefined) throw new Error(`pod ${name} has no spec`)
  const running: Running = {
    name,
    scale,
    spec,
    host: await addHost(name),
    folder: newFolder(name),
    containers: [],
  }
  await setSysctls(running)
  await makeVolumes(spec, running.folder)
  const hooked = await startContainers(running, services)
  return {
    name,
    labels: { ...pod.metadata?.labels },
    host: running.host,
    containers: running.containers,
    ready: Promise.all(hooked).then(() => becomesReady(running)),
    terminate: how => terminate(running, how),
  }
}

/** Gives the postStart hooks, which run beside their containers. */
async function startContainers(running: Running, services: Variables): Promise<Promise<void>[]> {
  const { spec, host, folder, containers } = running
  for (const init of spec.initContainers ?? [])
    await runInitContainer(init, { host, variables: environmentOf(init, services) }, folder)
  const hooks: Promise<void>[] = []
  for (const each of spec.containers) {
    const place = { host, variables: environmentOf(each, services), mounts: mountArguments(each, folder) }
    const container = await startContainer(each, place)
    containers.push(container)
    hooks.push(runHook(each.lifecycle?.postStart, container))
  }
  return hooks
}

async function terminate(running: Running, how: Termination): Promise<void> {
  const { spec, host, folder, containers } = running
  if (how === 'gracefully') await stop(running)
  if (how === 'without network') await killUnheard(running)
  else kill(running)
  await Promise.all(containers.map(({ ended }) => ended))
  await removeVolumes(spec, folder)
  await removeHost(host)
  rmSync(folder, { recursive: true })
}

/** Every container at once, after the network has gone: no peer hears of it. */
export async function killUnheard(pod: Pick<Pod, 'host' | 'containers'>): Promise<void> {
  await removeInterface(pod.host)
  kill(pod)
}

function kill({ containers }: Pick<Pod, 'containers'>): void {
  for (const container of containers) container.signal('SIGKILL')
}

async function setSysctls({ spec, host }: Running): Promise<void> {
  const settings = (spec.securityContext?.sysctls ?? []).map(({ name, value }) => `${name}=${value}`)
  if (settings.length > 0) await program(onHost(host, ['sysctl', '--quiet', '--write', ...settings]))
}

async function runHook(hook: V1LifecycleHandler | undefined, container: Container): Promise<void> {
  if (hook?.sleep !== undefined) await delay(hook.sleep.seconds * 1000)
  else if (hook?.exec?.command !== undefined) await container.exec(hook.exec.command)
}

/** Throws, with what it said, where a container ends before it is ready, or takes too long. */
async function becomesReady({ name, scale, spec, host, containers }: Running): Promise<void> {
  const deadlineMs = performance.now() + readyWithinMs
  for (const [index, each] of spec.containers.entries()) {
    const probe = each.readinessProbe
    if (probe === undefined) continue
    const periodMs = ((probe.periodSeconds ?? 10) * 1000) / scale
    while (!(await answers(probe, each, host.address))) {
      const container = containers[index]
      if (container === undefined) throw new Error(`pod ${name}: container ${each.name} was not started`)
      if (container.end !== undefined || performance.now() > deadlineMs)
        throw new Error(`pod ${name}: ${notReady(container)}`)
      await delay(periodMs)
    }
  }
}

function notReady(container: Container): string {
  const { name, end } = container
  const how =
    end === undefined
      ? `is not ready within ${readyWithinMs / 1000} s`
      : `ended (${end.status}) before it was ready`
  return `container ${name} ${how}. It said:\n${said(container)}`
}

/** Each container by itself, as the kubelet does it. Settles when all of them have ended. */
async function stop(running: Running): Promise<void> {
  const { spec, containers } = running
  await Promise.all(
    spec.containers.map(async ({ lifecycle }, index) => {
      const container = containers[index]
      if (container !== undefined) await stopContainer(container, lifecycle?.preStop, running)
    }),
  )
}

/**
 * The hook, for as long as the grace period at most; SIGTERM; and SIGKILL when the rest has passed. The kubelet takes off
 * the whole seconds that the hook took, and leaves 2 s to the program in any case.
 */
async function stopContainer(
  container: Container,
  hook: V1LifecycleHandler | undefined,
  { spec, scale }: Running,
): Promise<void> {
  const secondMs = 1000 / scale
  const graceMs = (spec.terminationGracePeriodSeconds ?? 30) * 1000
  const startMs = performance.now()
  // A hook that fails is no reason for the kubelet to wait either: it is an event.
  await Promise.race([runHook(hook, container).catch(() => {}), delay(graceMs)])
  const hookMs = Math.floor((performance.now() - startMs) / secondMs) * secondMs
  container.signal('SIGTERM')
  await Promise.race([container.ended, delay(Math.max(graceMs - hookMs, leastStopSeconds * secondMs))])
  container.signal('SIGKILL')
  await container.ended
}
