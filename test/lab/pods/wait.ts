/** Waiting for what a container says or does. */

import { type Container, type Line, said } from './container.ts'
import type { Pod } from './pod.ts'

/** The first result of the check that is not undefined; undefined where there is none within the time. */
export function waitFor<T>(
  container: Container,
  check: () => T | undefined,
  timeoutMs: number,
): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>()
  const tryNow = () => {
    const result = check()
    if (result !== undefined) resolve(result)
  }
  const timer = setTimeout(resolve, timeoutMs, undefined)
  container.events.on('change', tryNow)
  tryNow()
  return promise.finally(() => {
    clearTimeout(timer)
    container.events.off('change', tryNow)
  })
}

/** The container of a pod that has one. */
export function onlyContainer({ name, containers }: Pod): Container {
  const [container] = containers
  if (container === undefined || containers.length > 1) throw new Error(`pod ${name} has not one container`)
  return container
}

/** Waits for a line that starts so. Throws, with what it said, where the container ends without one, or the time does. */
export async function lineOf(container: Container, start: string, timeoutMs: number): Promise<Line> {
  const found = () => container.log.find(({ text }) => text.startsWith(start))
  const result = await waitFor(container, () => found() ?? container.end, timeoutMs)
  if (result !== undefined && 'text' in result) return result
  const how = result === undefined ? `within ${timeoutMs / 1000} s` : `before it ended (${result.status})`
  throw new Error(`container ${container.name} did not say "${start}" ${how}. It said:\n${said(container)}`)
}
