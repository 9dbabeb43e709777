/** The objects of documents, with where they stand. */

import type { ManifestDocument } from '../manifests/documents.ts'
import { isKubernetesObject, type KubernetesObject } from '../manifests/workloads.ts'
import { printableLine } from './printable.ts'

export interface Located<Value = KubernetesObject> {
  document: ManifestDocument
  object: Value
  /** Where the object stands in its document; empty where it is the document. */
  path: readonly string[]
}

/** All objects in some documents, also those inside Lists. */
export function locate(documents: readonly ManifestDocument[]): Located[] {
  return locateValues(documents).flatMap(each => {
    const { object } = each
    return isKubernetesObject(object) ? { ...each, object } : []
  })
}

/** The same with what is no object; empty documents hold nothing. */
export function locateValues(documents: readonly ManifestDocument[]): Located<unknown>[] {
  return documents
    .filter(({ value }) => value != null)
    .flatMap(document => itemsOf(document.value, []).map(each => ({ document, ...each })))
}

/** A value itself, or the items of a List. */
function itemsOf(object: unknown, path: readonly string[]): Omit<Located<unknown>, 'document'>[] {
  const items = isKubernetesObject(object) && object.kind.endsWith('List') ? object['items'] : undefined
  if (!Array.isArray(items)) return [{ object, path }]
  return items.flatMap((item, index) => itemsOf(item, [...path, 'items', String(index)]))
}

/** A document's file, number and line, for messages. */
export function placeOf({ file, number, line }: ManifestDocument): string {
  return `${printableLine(file)}: document ${number} (line ${line})`
}

export function nameOf({ metadata }: KubernetesObject): string {
  // In unchecked input a name can be anything: an unquoted `on` is a boolean.
  if (metadata?.name != null) return String(metadata.name)
  return metadata?.generateName == null ? '(no name)' : `${metadata.generateName}*`
}

/** An object's kind and name, for messages. */
export function title(object: KubernetesObject): string {
  return printableLine(`${object.kind} ${nameOf(object)}`)
}
