/** What the webhook needs, without a cluster: certificates made at start, namespaces from a file. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAuthority, createLeaf, type KeyPair } from '../admission/certificates.ts'
import type { Surroundings } from '../admission/surroundings.ts'
import type { WatchedFile } from '../admission/watched-file.ts'
import { readDocuments } from '../manifests/documents.ts'
import { InputError } from '../manifests/input-error.ts'
import { readFault } from '../manifests/inputs.ts'
import { labelsOfNamespaces, type NamespaceLabels } from '../manifests/namespaces.ts'
import { isKubernetesObject } from '../manifests/workloads.ts'
import { CommandError, exitStatus } from './command-error.ts'

const dayMs = 24 * 3600 * 1000
const clockSkewMs = 5 * 60 * 1000
const hosts = ['localhost', '127.0.0.1', '::1'] as const

/** The surroundings of a webhook without a cluster. */
export function standaloneSurroundings(tls: KeyPair, namespaces: WatchedFile<NamespaceLabels>): Surroundings {
  return {
    namespaceLabels: name => namespaces.current().get(name) ?? {},
    ready: Promise.resolve(tls),
    awaited: () => [],
    onCertificate: () => {},
    close: namespaces.close,
  }
}

/**
 * A leaf for this host, good for a year. Its CA is written to `ca.crt` in a folder, for the clients; the
 * CA's key is forgotten.
 */
export async function createLocalTls(folder: string | undefined, nowMs: number): Promise<KeyPair> {
  const validity = { notBefore: new Date(nowMs - clockSkewMs), notAfter: new Date(nowMs + 365 * dayMs) }
  const authority = await createAuthority('Longhaul standalone CA', validity)
  if (folder !== undefined) await writeAuthority(folder, authority.cert)
  return createLeaf(authority, hosts, validity)
}

async function writeAuthority(folder: string, cert: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'ca.crt'), cert)
  } catch (error) {
    throw new CommandError(
      `${folder}: ca.crt can't be written: ${(error as Error).message}`,
      exitStatus.failed,
    )
  }
}

/** The labels of the Namespace objects in a file. Throws an InputError for anything else in it. */
export async function loadNamespaces(file: string): Promise<NamespaceLabels> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InputError(`${file}: ${readFault(error)}`)
  })
  const documents = readDocuments(text, file).filter(({ value }) => value !== null)
  const objects = documents.map(({ value }) => value).filter(isKubernetesObject)
  const stranger = documents.find(({ value }) => !isKubernetesObject(value) || value.kind !== 'Namespace')
  if (stranger !== undefined) {
    throw new InputError(`${file}: document ${stranger.number} (line ${stranger.line}) is not a Namespace`)
  }
  return labelsOfNamespaces(objects)
}
