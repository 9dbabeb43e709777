/** What is passed through though it seems to make pods, or is nothing that kubectl would take: a sentence each. */

import type { ManifestDocument } from '../manifests/documents.ts'
import { misplacedOnNamespace } from '../manifests/misplaced.ts'
import { holdsUnknownTemplate, misnamed, whyNoObject } from '../manifests/strangers.ts'
import { isKubernetesObject } from '../manifests/workloads.ts'
import { lackOfRoom } from '../mutation/answer-room.ts'
import { type Located, locateValues, placeOf, title } from './located.ts'
import { printableLine } from './printable.ts'

/** Of a workload that is a strategic merge patch, or seems to be one. */
export function patchNote({ document, object }: Located, what: string): string {
  return `${placeOf(document)}: ${title(object)} ${what}; it is passed through. Preview what it makes, such as the output of kustomize build.`
}

/** Of a workload whose change there may be no room for. */
export function roomNote({ document, object }: Pick<Located, 'document' | 'object'>): string {
  return `${placeOf(document)}: ${title(object)}: ${lackOfRoom}.`
}

/** Of all in some documents that is no workload. */
export function strangerNotes(documents: readonly ManifestDocument[]): string[] {
  return locateValues(documents).flatMap(({ document, object, path }) => {
    const place = [placeOf(document), ...(path.length === 0 ? [] : [path.join('.')])].join(': ')
    const reason = whyNoObject(object)
    if (reason !== undefined || !isKubernetesObject(object)) {
      return `${place}: what stands here ${reason}, and kubectl would not take it; it is passed through.`
    }
    const what = `${title(object)} (${printableLine(object.apiVersion)})`
    const meant = misnamed(object)
    if (meant !== undefined) {
      return `${place}: ${what} is of no kind that Kubernetes has${meant}. It is passed through.`
    }
    if (!holdsUnknownTemplate(object)) return []
    return `${place}: ${what} holds a pod template of a kind that preview does not know; it is passed through. Its pods are changed when they are created.`
  })
}

/** For each setting that a namespace holds as an annotation. */
export function namespaceNotes({ document, object }: Located): string[] {
  const where = `${placeOf(document)}: ${title(object)}`
  return misplacedOnNamespace(object).map(each => `${where} ${each}.`)
}
