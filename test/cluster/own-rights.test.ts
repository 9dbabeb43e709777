/** What Longhaul's service account may change of its webhook configurations: the CA, and nothing else. */

import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { policyFile } from '../../charts/manifests.ts'
import { missingForControlPlane } from './binaries.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release, releaseOn } from './release.ts'
import { useControlPlane } from './suite.ts'
import { until } from './until.ts'

const missing = missingForControlPlane('kubectl', 'helm')
const account = `system:serviceaccount:${namespace}:${release}`
const other = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'other' },
}

describe('the service account', () => {
  const controlPlane = useControlPlane()

  /** Runs kubectl as the service account. */
  const asAccount = (args: readonly string[], input?: string) =>
    kubectl(controlPlane().admin, [...args, `--as=${account}`], input)
  const patch = (kind: string, operations: object[], name = release) =>
    asAccount(['patch', kind, name, '--type=json', `--patch=${JSON.stringify(operations)}`])
  const replace = (path: string, value: unknown) => [{ op: 'add', path, value }]
  const url = [
    { op: 'remove', path: '/webhooks/0/clientConfig/service' },
    { op: 'add', path: '/webhooks/0/clientConfig/url', value: 'https://elsewhere.example/mutate' },
  ]
  let hasPolicies = false

  beforeAll(async () => {
    if (missing !== undefined) return
    const { admin } = controlPlane()
    releaseOn(controlPlane()).upgrade('admissionPolicy: {enabled: false}')
    const { stdout } = await kubectl(admin, ['api-resources', '--output=name'])
    hasPolicies = stdout.includes('validatingadmissionpolicies')
    if (!hasPolicies) return
    await kubectl(admin, ['apply', `--filename=${fileURLToPath(policyFile)}`])
    // As an account that somebody made for more than this: what is refused now is the policy's to refuse.
    const everything = ['--clusterrole=cluster-admin', `--serviceaccount=${namespace}:${release}`]
    await kubectl(admin, ['create', 'clusterrolebinding', 'account-of-all-rights', ...everything])
    // The API server learns of the policy a moment later.
    await until('the policy holds', async () => {
      const { status } = await patch(
        'mutatingwebhookconfigurations',
        replace('/metadata/labels/probe', `x${Date.now()}`),
      )
      return status !== 0
    })
  }, 120_000)

  test.each(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'])(
    'publishes the CA in %s, changes it and takes it away',
    async kind => {
      const path = '/webhooks/0/clientConfig/caBundle'
      const { stdout } = await kubectl(controlPlane().admin, [
        'config',
        'view',
        '--raw',
        '--output=jsonpath={.clusters[0].cluster.certificate-authority-data}',
      ])
      expect(await patch(kind, replace(path, stdout))).toMatchObject({ status: 0 })
      expect(
        await patch(
          kind,
          replace(path, Buffer.from(`${Buffer.from(stdout, 'base64')}\n`).toString('base64')),
        ),
      ).toMatchObject({ status: 0 })
      expect(await patch(kind, [{ op: 'remove', path }])).toMatchObject({ status: 0 })
    },
  )

  test.for<[string, object[]]>([
    ['rules', replace('/webhooks/0/rules/0/resources', ['*'])],
    ['failurePolicy', replace('/webhooks/0/failurePolicy', 'Fail')],
    ['timeoutSeconds', replace('/webhooks/0/timeoutSeconds', 30)],
    ['namespaceSelector', replace('/webhooks/0/namespaceSelector', {})],
    ['objectSelector', replace('/webhooks/0/objectSelector', { matchLabels: { a: 'b' } })],
    ['reinvocationPolicy', replace('/webhooks/0/reinvocationPolicy', 'Never')],
    ['matchConditions', [{ op: 'remove', path: '/webhooks/1/matchConditions' }]],
    ['the service', replace('/webhooks/0/clientConfig/service/name', 'other')],
    ['the url', url],
    ['a webhook less', [{ op: 'remove', path: '/webhooks/1' }]],
    ['labels', replace('/metadata/labels/other', 'x')],
  ])('can not change %s', async ([, operations], context) => {
    context.skip(!hasPolicies, 'ValidatingAdmissionPolicy is there from Kubernetes 1.30 on')
    const { status, stderr } = await patch('mutatingwebhookconfigurations', operations)
    expect(status).not.toBe(0)
    expect(stderr).toContain('nothing of its webhook configurations but caBundle')
  })

  test('can neither delete nor make them', async context => {
    context.skip(!hasPolicies, 'ValidatingAdmissionPolicy is there from Kubernetes 1.30 on')
    const refusal = { status: 1, stderr: expect.stringContaining('neither makes nor deletes its webhook') }
    expect(await asAccount(['delete', 'mutatingwebhookconfigurations', release])).toMatchObject(refusal)
    const { admin } = controlPlane()
    await kubectl(admin, ['delete', 'validatingwebhookconfigurations', release])
    const own = { ...other, kind: 'ValidatingWebhookConfiguration', metadata: { name: release } }
    expect(await asAccount(['create', '--filename=-'], JSON.stringify(own))).toMatchObject(refusal)
  })

  test('can do with others what its rights allow', async context => {
    context.skip(!hasPolicies, 'has no more rights than the chart gives it')
    const done = { status: 0 }
    const kind = 'mutatingwebhookconfigurations'
    expect(await asAccount(['create', '--filename=-'], JSON.stringify(other))).toMatchObject(done)
    expect(await patch(kind, replace('/metadata/labels', { a: 'b' }), 'other')).toMatchObject(done)
    expect(await asAccount(['delete', kind, 'other'])).toMatchObject(done)
  })
})
