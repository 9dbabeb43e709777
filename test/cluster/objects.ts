/** All objects of a control plane. */

import type { KubeConfig } from '@kubernetes/client-node'
import { type Api, openApi } from '../../src/cluster/client/api.ts'

interface ResourceList {
  resources: { name: string; verbs: string[] }[]
}

interface ObjectList {
  items: { kind?: string; metadata: { namespace?: string; name: string; resourceVersion: string } }[]
}

/** Written by the API server and the controllers all the time. */
const restless: ReadonlySet<string> = new Set(['/apis/coordination.k8s.io/v1/leases'])

/** The resourceVersion of every object, events among them, by path and name. */
export async function resourceVersions(config: KubeConfig): Promise<Map<string, string>> {
  await using api = await openApi(config)
  const versions = new Map<string, string>()
  for (const path of await listPaths(api)) {
    const { body } = await api.get(path)
    for (const { metadata } of (body as ObjectList).items) {
      versions.set(`${path} ${metadata.namespace ?? ''}/${metadata.name}`, metadata.resourceVersion)
    }
  }
  return versions
}

async function listPaths(api: Api): Promise<string[]> {
  const { body } = await api.get('/apis')
  const groups = (body as { groups: { preferredVersion: { groupVersion: string } }[] }).groups
  const roots = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]
  const lists = await Promise.all(
    roots.map(async root => {
      const { resources } = (await api.get(root)).body as ResourceList
      return resources.filter(({ verbs }) => verbs.includes('list')).map(({ name }) => `${root}/${name}`)
    }),
  )
  return lists.flat().filter(path => !restless.has(path))
}
