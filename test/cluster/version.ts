import { VersionApi } from '@kubernetes/client-node'
import { type KubernetesVersion, parseKubernetesVersion } from '../../src/policy/kubernetes-version.ts'
import type { ControlPlane } from './control-plane.ts'

/** The version of the control plane, such as `v1.36.2`. */
export async function gitVersionOf({ admin }: ControlPlane): Promise<string> {
  return (await admin.config.makeApiClient(VersionApi).getCode()).gitVersion
}

/** The same, as far as features depend on it. */
export async function versionOf(controlPlane: ControlPlane): Promise<KubernetesVersion> {
  const gitVersion = await gitVersionOf(controlPlane)
  const version = parseKubernetesVersion(gitVersion)
  if (version === undefined) throw new Error(`the control plane says that it is ${gitVersion}`)
  return version
}
