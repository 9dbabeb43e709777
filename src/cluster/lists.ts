/** Lists of the API server, a page at a time. */

import type { Api, ApiAnswer } from './client/api.ts'

const pageSize = 500

/** All items of a resource's path, or the answer that refuses them. */
export async function listItems<Item>(
  api: Api,
  path: string,
  filter: Readonly<Record<string, string>> = {},
): Promise<Item[] | { refused: ApiAnswer }> {
  const query = new URLSearchParams({ ...filter, limit: String(pageSize) })
  const found: Item[] = []
  do {
    const answer = await api.get(`${path}?${query}`)
    if (answer.status !== 200) return { refused: answer }
    const { items, metadata } = answer.body as { items: Item[]; metadata?: { continue?: string } }
    found.push(...items)
    query.set('continue', metadata?.continue ?? '')
  } while (query.get('continue') !== '')
  return found
}
