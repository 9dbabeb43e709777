/** What the webhook would make of manifests: every workload in them, with the decision for its pods. */

import type { V1Pod } from '@kubernetes/client-node'
import type { ManifestDocument } from '../manifests/documents.ts'
import { InputError } from '../manifests/input-error.ts'
import { labelsOfNamespaces, type NamespaceLabels } from '../manifests/namespaces.ts'
import { podShapeMistakes } from '../manifests/pod-shape.ts'
import { holdsDirective, missingPart } from '../manifests/strategic-merge.ts'
import {
  holdsUnknownTemplate,
  isKubernetesObject,
  isWorkload,
  type KubernetesObject,
  misplacedAnnotations,
  podOf,
  templatePath,
  valueAt,
  withPod,
} from '../manifests/workloads.ts'
import { type Decision, decide, type Namespace } from '../mutation/decide.ts'
import type { Config } from '../policy/config.ts'
import type { ShapeMistake } from '../policy/json-schema.ts'
import type { Problem } from '../policy/problems.ts'
import { printableLine } from './printable.ts'

export interface PreviewOptions {
  /** The namespace of objects that name none. */
  namespace: string
  /** Labels that every namespace is taken to have, over those of its own document. */
  namespaceLabels: Readonly<Record<string, string>>
  /** The namespaces of a cluster: those in the documents then don't count. */
  clusterNamespaces?: NamespaceLabels
  config: Config
}

export interface PlannedWorkload {
  document: ManifestDocument
  object: KubernetesObject
  /** The object with its pod template changed; the same one where nothing changes. */
  changed: KubernetesObject
  namespace: string
  name: string
  /** The pod as its controller would create it, before Longhaul. */
  pod: V1Pod
  decision: Decision
  problems: readonly Problem[]
}

export interface Plan {
  documents: readonly ManifestDocument[]
  workloads: readonly PlannedWorkload[]
  /** What was passed over though it seems to make pods, a sentence each. */
  notes: readonly string[]
}

interface Located {
  document: ManifestDocument
  object: KubernetesObject
}

/** Plans all workloads in some documents. Throws an InputError where one that asks for Longhaul is malformed. */
export function planDocuments(documents: readonly ManifestDocument[], options: PreviewOptions): Plan {
  const objects = locate(documents)
  const labels = options.clusterNamespaces ?? labelsOfNamespaces(objects.map(({ object }) => object))
  const located = objects.filter(({ object }) => isWorkload(object))
  const results = located.map(each => planWorkload(each, labels, options))
  const mistakes = results.flatMap(each => each.mistakes ?? [])
  if (mistakes.length > 0) throw new InputError(mistakes.join('\n'))
  return {
    documents,
    workloads: results.flatMap(each => each.workload ?? []),
    notes: [
      ...results.flatMap(each => each.note ?? []),
      ...objects.filter(({ object }) => holdsUnknownTemplate(object)).map(note),
    ],
  }
}

/** The names of the namespaces that the workloads in some documents belong to. */
export function namespacesOf(documents: readonly ManifestDocument[], defaultNamespace: string): Set<string> {
  const workloads = locate(documents).filter(({ object }) => isWorkload(object))
  return new Set(workloads.map(({ object }) => namespaceNameOf(object, defaultNamespace)))
}

/** All objects in some documents, also those inside Lists. */
export function objectsIn(documents: readonly ManifestDocument[]): KubernetesObject[] {
  return locate(documents).map(({ object }) => object)
}

function locate(documents: readonly ManifestDocument[]): Located[] {
  return documents.flatMap(document => objectsOf(document.value).map(object => ({ document, object })))
}

/** The objects of a document: itself, or the items of a List. */
function objectsOf(value: unknown): KubernetesObject[] {
  if (!isKubernetesObject(value)) return []
  const { kind, items } = value
  return kind.endsWith('List') && Array.isArray(items) ? items.flatMap(objectsOf) : [value]
}

/** One of three: what is planned, a note why nothing is, or what is malformed. */
interface Planning {
  workload?: PlannedWorkload
  note?: string
  mistakes?: readonly string[]
}

function planWorkload(located: Located, labels: NamespaceLabels, options: PreviewOptions): Planning {
  const { document, object } = located
  if (holdsDirective(object)) return { note: patchNote(located, 'is a strategic merge patch') }
  const namespace = namespaceOf(object, labels, options)
  const pod = podOf(object, namespace.name)
  const mistakes = podShapeMistakes(valueAt(object, templatePath(object)))
  // Of a malformed pod only the metadata is looked at: enough to tell whether it concerns Longhaul.
  const { spec: _, ...metadataOnly } = pod
  const decision = decide(mistakes.length > 0 ? metadataOnly : pod, namespace, options.config)
  const { mutation } = decision
  if (mistakes.length > 0 && mutation.outcome === 'skipped' && mutation.reason === 'no-containers') {
    return malformed(located, mistakes)
  }
  const workload = {
    document,
    object,
    changed: mutation.outcome === 'mutated' ? withPod(object, mutation.pod) : object,
    namespace: namespace.name,
    name: nameOf(object),
    pod,
    decision,
    problems: [...misplacedAnnotations(object), ...mutation.problems],
  }
  return { workload }
}

/** What is only a part of an object may lack anything, and hold null for what is to go. */
function malformed(located: Located, mistakes: readonly ShapeMistake[]): Planning {
  const { document, object } = located
  const missing = missingPart(object)
  if (missing !== undefined) {
    return { note: patchNote(located, `seems to be a strategic merge patch (${missing})`) }
  }
  const where = `${placeOf(document)}: ${title(object)}`
  return {
    mistakes: mistakes.map(
      each => `${where}: ${[...templatePath(object), ...each.path].join('.')} ${each.rule}`,
    ),
  }
}

function namespaceOf(object: KubernetesObject, labels: NamespaceLabels, options: PreviewOptions): Namespace {
  const name = namespaceNameOf(object, options.namespace)
  return { name, labels: { ...labels.get(name), ...options.namespaceLabels } }
}

function namespaceNameOf({ metadata }: KubernetesObject, defaultNamespace: string): string {
  return String(metadata?.namespace ?? defaultNamespace)
}

function nameOf({ metadata }: KubernetesObject): string {
  // In unchecked input a name can be anything: an unquoted `on` is a boolean.
  if (metadata?.name != null) return String(metadata.name)
  return metadata?.generateName == null ? '(no name)' : `${metadata.generateName}*`
}

/** An object's kind and name, for messages. */
export function title(object: KubernetesObject): string {
  return printableLine(`${object.kind} ${nameOf(object)}`)
}

function placeOf({ file, number, line }: ManifestDocument): string {
  return `${printableLine(file)}: document ${number} (line ${line})`
}

function patchNote({ document, object }: Located, what: string): string {
  return `${placeOf(document)}: ${title(object)} ${what}; it is passed through. Preview what it makes, such as the output of kustomize build.`
}

function note({ document, object }: Located): string {
  const what = `${title(object)} (${object.apiVersion}) holds a pod template of a kind that preview does not know`
  return `${placeOf(document)}: ${what}; it is passed through. Its pods are changed when they are created.`
}
