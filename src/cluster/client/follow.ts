/** Objects of the API server, as they are now and whenever they change, whatever happens to the connection. */

import { setTimeout as delay } from 'node:timers/promises'
import type { KubernetesObject, V1ListMeta, Watch } from '@kubernetes/client-node'
import { createBackoff } from './backoff.ts'
import { reasonOf } from './client.ts'

export interface Resource<T extends KubernetesObject> {
  /** `/api/v1/namespaces` */
  path: string
  /** Narrows what is listed and watched: `metadata.name=one`. */
  fieldSelector?: string
  /** A page of the list. */
  list(request: Page): Promise<{ metadata?: V1ListMeta; items: T[] }>
}

interface Page {
  limit: number
  _continue?: string
  fieldSelector?: string
}

export interface FollowEvents<T> {
  /** All objects, at the start and after a gap. */
  listed(objects: T[]): void
  changed(object: T): void
  removed(object: T): void
  /** What was told last is known to hold at this moment. */
  current(): void
  /** It goes on after a while; `gone` (HTTP 410) by listing anew. */
  interrupted(reason: 'gone' | 'error', message: string): void
}

/** In an event of the type ERROR a Status stands in the place of the object. */
type WatchedObject<T> = T & { code?: number; message?: string }

/** Up to where the objects are known. */
interface Position {
  version: string | undefined
}

const pageSize = 500

/**
 * The API server ends a watch after this time, with a bookmark just before that says from where to go on. It is
 * shorter than the 30 s of silence after which the client holds the connection for dead.
 */
const watchSeconds = 25

/** A watch that ends sooner than this is not at once begun anew. */
const shortWatchMs = 1000

/** Lists and watches until it is told to stop; never throws. */
export async function follow<T extends KubernetesObject>(
  watch: Watch,
  resource: Resource<T>,
  events: FollowEvents<T>,
  stop: AbortSignal,
): Promise<void> {
  const backoff = createBackoff()
  const position: Position = { version: undefined }
  while (!stop.aborted) {
    const startedMs = performance.now()
    try {
      position.version ??= await listAll(resource, events)
      await watchFrom(position, watch, resource, events, stop)
    } catch (error) {
      if (stop.aborted) return
      const isGone = (error as { statusCode?: number }).statusCode === 410
      if (isGone) position.version = undefined
      events.interrupted(isGone ? 'gone' : 'error', reasonOf(error))
    }
    if (performance.now() - startedMs > shortWatchMs) backoff.reset()
    else await delay(backoff.nextMs(), undefined, { signal: stop }).catch(() => {})
  }
}

/** Gives the version of the list. */
async function listAll<T extends KubernetesObject>(
  { list, fieldSelector }: Resource<T>,
  events: FollowEvents<T>,
): Promise<string> {
  const objects: T[] = []
  let metadata: V1ListMeta | undefined
  do {
    const page: Page = { limit: pageSize }
    if (fieldSelector !== undefined) page.fieldSelector = fieldSelector
    if (metadata?._continue) page._continue = metadata._continue
    const answer = await list(page)
    objects.push(...answer.items)
    metadata = answer.metadata
  } while (metadata?._continue)
  events.listed(objects)
  events.current()
  return metadata?.resourceVersion ?? ''
}

/** Resolves when the watch ends in good order; throws what broke it off. */
async function watchFrom<T extends KubernetesObject>(
  position: Position,
  watch: Watch,
  { path, fieldSelector }: Resource<T>,
  events: FollowEvents<T>,
  stop: AbortSignal,
): Promise<void> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const { version: resourceVersion } = position
  const query = { resourceVersion, allowWatchBookmarks: true, timeoutSeconds: watchSeconds, fieldSelector }
  const take = (type: string, object: WatchedObject<T>) => {
    if (type === 'ERROR') {
      reject(Object.assign(new Error(object.message ?? 'the watch failed'), { statusCode: object.code }))
      return
    }
    position.version = object.metadata?.resourceVersion ?? position.version
    if (type === 'DELETED') events.removed(object)
    else if (type !== 'BOOKMARK') events.changed(object)
    events.current()
  }
  const request = await watch.watch(path, query, take, error => (error ? reject(error) : resolve()))
  const abort = () => request.abort()
  stop.addEventListener('abort', abort, { once: true })
  if (stop.aborted) abort()
  try {
    await ended
    events.current()
  } finally {
    stop.removeEventListener('abort', abort)
    abort()
  }
}
