import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { loadKubeConfig, namespaceOf } from '../../src/cluster/client/kubeconfig.ts'
import { InputError } from '../../src/manifests/input-error.ts'
import { folderWith, longhaul, runHere } from '../cli/longhaul.ts'
import { findFreePort } from './free-port.ts'

async function kubeconfig(server: string): Promise<string> {
  const config = new KubeConfig()
  config.loadFromClusterAndUser({ name: 'one', server, skipTLSVerify: true }, { name: 'me', token: 'x' })
  config.addContext({ name: 'team', cluster: 'one', user: 'me', namespace: 'prod' })
  config.addContext({ name: 'broken', cluster: 'gone', user: 'me' })
  return join(await folderWith({ kubeconfig: config.exportConfig() }), 'kubeconfig')
}

describe('a kubeconfig', () => {
  it('gives its current context, or the one that was chosen, with its namespace', async () => {
    const file = await kubeconfig('https://localhost:1')
    expect(namespaceOf(loadKubeConfig({ file }))).toBe('default')
    const chosen = loadKubeConfig({ file, context: 'team' })
    expect([namespaceOf(chosen), chosen.getCurrentCluster()?.server]).toEqual(['prod', 'https://localhost:1'])
  })

  it.each([
    ['other', 'it has no context other; choose one by --context: loaded-context, team, broken'],
    ['broken', 'its context broken names no cluster of it; choose one by --context'],
  ])('is refused without a usable context: %s', async (context, message) => {
    const file = await kubeconfig('https://localhost:1')
    expect(() => loadKubeConfig({ file, context })).toThrow(InputError)
    expect(() => loadKubeConfig({ file, context })).toThrow(`${file}: ${message}`)
  })

  it('is refused where it can not be read', async () => {
    expect(() => loadKubeConfig({ file: '/nowhere/config' })).toThrow(
      "/nowhere/config: it can't be read: ENOENT",
    )
    const file = join(await folderWith({ config: 'clusters: [' }), 'config')
    expect(() => loadKubeConfig({ file })).toThrow(`${file}: it can't be read: `)
  })

  it('is missed where there is none', async () => {
    const home = await folderWith({})
    const result = await longhaul(['preview', '--live', 'deploy/web'], { env: { HOME: home } })
    expect(result).toEqual({
      status: 2,
      stdout: '',
      stderr: 'longhaul: there is no kubeconfig: name a file in the variable KUBECONFIG\n',
    })
  })
})

it.each(['http', 'https'])(
  'a cluster that does not answer over %s is named, with the reason',
  async scheme => {
    const server = `${scheme}://127.0.0.1:${await findFreePort()}`
    const result = await runHere([
      'preview',
      '--live',
      '--kubeconfig',
      await kubeconfig(server),
      'deploy/web',
    ])
    expect(result).toMatchObject({ status: 1, stdout: '' })
    expect(result.stderr).toMatch(
      new RegExp(`^longhaul: the API server ${server} can't be reached: .*ECONNREFUSED`),
    )
  },
)

it('credentials that a program can not give are missed', async () => {
  const config = new KubeConfig()
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/nowhere/login' }
  config.loadFromClusterAndUser(
    { name: 'one', server: 'https://localhost:1', skipTLSVerify: true },
    { name: 'me', exec },
  )
  const file = join(await folderWith({ kubeconfig: config.exportConfig() }), 'kubeconfig')
  const { status, stderr } = await runHere(['preview', '--live', '--kubeconfig', file, 'deploy/web'])
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /^longhaul: the credentials of context loaded-context can't be got: .*\/nowhere\/login/,
  )
})
