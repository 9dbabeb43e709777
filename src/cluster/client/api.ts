/**
 * Requests to an API server, with objects as they are. The generated client would lose fields that are newer
 * than it, and shows no warnings.
 */

import { readJson, writeJson } from '../../manifests/digits.ts'
import { ClusterError } from './cluster-error.ts'
import { HttpMethod, IsomorphicFetchHttpLibrary, type KubeConfig, RequestContext } from './kubernetes.ts'
import { readWarnings } from './warning-header.ts'

/** An answer of the API server, also where it refuses. */
export interface ApiAnswer {
  status: number
  /** The object; a Status where the request was refused. */
  body: unknown
  /** For the person who asked. */
  warnings: readonly string[]
}

export interface Api extends AsyncDisposable {
  get(path: string): Promise<ApiAnswer>
  post(path: string, object: unknown): Promise<ApiAnswer>
}

/** Longer than the API server gives itself, which is a minute. */
const timeoutMs = 70_000

/**
 * The API server of the current context, with its credentials, on connections that are kept until disposal.
 * Throws a ClusterError where credentials can't be got; so does each request where no answer comes.
 */
export async function openApi(config: KubeConfig): Promise<Api> {
  const server = config.getCurrentCluster()?.server ?? ''
  const template = new RequestContext(server, HttpMethod.GET)
  try {
    await config.applySecurityAuthentication(template)
  } catch (error) {
    throw new ClusterError(
      `the credentials of context ${config.getCurrentContext()} can't be got: ${(error as Error).message}`,
    )
  }
  const send = (method: HttpMethod, path: string, object?: unknown) =>
    request(new RequestContext(`${server}${path}`, method), template, object, server)
  return {
    get: path => send(HttpMethod.GET, path),
    post: (path, object) => send(HttpMethod.POST, path, object),
    [Symbol.asyncDispose]: async () => template.getDispatcher()?.close(),
  }
}

async function request(
  context: RequestContext,
  template: RequestContext,
  object: unknown,
  server: string,
): Promise<ApiAnswer> {
  const dispatcher = template.getDispatcher()
  if (dispatcher !== undefined) context.setDispatcher(dispatcher)
  context.setSignal(AbortSignal.timeout(timeoutMs))
  const headers = { ...template.getHeaders(), accept: 'application/json', 'user-agent': 'longhaul' }
  for (const [name, value] of Object.entries(headers)) context.setHeaderParam(name, value)
  if (object !== undefined) {
    context.setHeaderParam('content-type', 'application/json')
    context.setBody(writeJson(object))
  }
  try {
    const {
      httpStatusCode: status,
      headers,
      body,
    } = await new IsomorphicFetchHttpLibrary().send(context).toPromise()
    return { status, body: parse(await body.text()), warnings: readWarnings(headers['warning'] ?? '') }
  } catch (error) {
    throw new ClusterError(`the API server ${server} can't be reached: ${causeOf(error)}`)
  }
}

/** What is in front of an API server may answer anything. */
function parse(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    return { message: text.trim() }
  }
}

/** The message at the root: fetch wraps all that goes wrong into `fetch failed`. */
export function causeOf(error: unknown): string {
  const { cause, code, message } = error as { cause?: unknown; code?: string; message: string }
  return cause instanceof Error ? causeOf(cause) : message || code || 'no answer'
}

/** What the API server says of a refusal. */
export function refusalOf({ status, body }: ApiAnswer): string {
  const message = (body as { message?: unknown } | null)?.message
  if (status === 401) return `the credentials of the kubeconfig are not accepted (${message}); log in again`
  return typeof message === 'string' && message !== '' ? message : `status ${status}`
}
