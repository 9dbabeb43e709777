/** Plays the part of cert-manager, as far as the webhook and its chart meet it. */

import { AdmissionregistrationV1Api } from '@kubernetes/client-node'
import { createAuthority, createLeaf, type KeyPair } from '../../src/admission/certificates.ts'
import { validityFrom } from '../../src/cluster/certificates/certificate-plan.ts'
import { apply } from './all-workloads.ts'
import type { ControlPlane } from './control-plane.ts'
import { kubectl } from './kubectl.ts'
import { namespace, release } from './release.ts'
import { writeBundles } from './trust.ts'
import { until } from './until.ts'

const dayMs = 86_400_000
const group = 'cert-manager.io'

/** Its resources, of any content. */
export async function installDefinitions(controlPlane: ControlPlane): Promise<void> {
  const definitions = ['Certificate', 'Issuer'].map(definitionOf)
  await apply(controlPlane, definitions)
  await until('the API server has the resources of cert-manager', async () => {
    const { stdout } = await kubectl(controlPlane.admin, [
      'api-resources',
      `--api-group=${group}`,
      '--output=name',
    ])
    return stdout.includes(`certificates.${group}`) && stdout.includes(`issuers.${group}`)
  })
}

function definitionOf(kind: string): object {
  const singular = kind.toLowerCase()
  const plural = `${singular}s`
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

interface Certificate {
  spec: { secretName: string; dnsNames: [string, ...string[]] }
}

/** Issues what the chart's Certificate asks for. Gives the leaf and its authority. */
export async function issue(controlPlane: ControlPlane): Promise<{ leaf: KeyPair; authority: KeyPair }> {
  const args = ['get', `certificates.${group}`, release, `--namespace=${namespace}`, '--output=json']
  const { stdout } = await kubectl(controlPlane.admin, args)
  const { secretName, dnsNames } = (JSON.parse(stdout) as Certificate).spec
  const authority = await createAuthority('cert-manager', validityFrom(Date.now(), dayMs))
  const leaf = await createLeaf(authority, dnsNames, validityFrom(Date.now(), dayMs))
  const stringData = { 'tls.crt': leaf.cert, 'tls.key': leaf.key, 'ca.crt': authority.cert }
  const metadata = { name: secretName, namespace }
  await apply(controlPlane, [
    { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, stringData },
  ])
  return { leaf, authority }
}

/** Writes a CA into the configurations that ask for that of the chart's Certificate. */
export async function injectAuthority(controlPlane: ControlPlane, { cert }: KeyPair): Promise<void> {
  const registration = controlPlane.admin.config.makeApiClient(AdmissionregistrationV1Api)
  for (const { metadata } of [
    await registration.readMutatingWebhookConfiguration({ name: release }),
    await registration.readValidatingWebhookConfiguration({ name: release }),
  ]) {
    const from = metadata?.annotations?.[`${group}/inject-ca-from`]
    if (from !== `${namespace}/${release}`) throw new Error(`a configuration asks for the CA of ${from}`)
  }
  await writeBundles(controlPlane, cert)
}
