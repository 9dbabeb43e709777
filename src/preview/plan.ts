/** What the webhook would make of manifests: every workload in them, with the decision for its pods. */

import type { V1Pod } from '@kubernetes/client-node'
import type { ManifestDocument } from '../manifests/documents.ts'
import { InputError } from '../manifests/input-error.ts'
import { misplacedSettings } from '../manifests/misplaced.ts'
import { labelsOfNamespaces, type NamespaceLabels } from '../manifests/namespaces.ts'
import { workloadShapeMistakes } from '../manifests/pod-shape.ts'
import { holdsDirective, missingPart } from '../manifests/strategic-merge.ts'
import { isWorkload, type KubernetesObject, podOf, templatePath, withPod } from '../manifests/workloads.ts'
import { mayLackRoom } from '../mutation/answer-room.ts'
import { type Decision, decide, type Namespace } from '../mutation/decide.ts'
import type { Config } from '../policy/config.ts'
import type { ShapeMistake } from '../policy/json-schema.ts'
import type { Problem } from '../policy/problems.ts'
import { keyPrefix } from '../policy/settings.ts'
import { type Located, locate, nameOf } from './located.ts'
import { namespaceNotes, patchNote, roomNote, strangerNotes } from './notes.ts'
import { shapeTexts } from './shape-text.ts'

export interface PreviewOptions {
  /** The namespace of objects that name none. */
  namespace: string
  /** Labels that every namespace is taken to have, over those of its own document. */
  namespaceLabels: Readonly<Record<string, string>>
  /** The namespaces of a cluster: those in the documents then don't count. */
  clusterNamespaces?: NamespaceLabels
  config: Config
}

export interface PlannedWorkload extends Located {
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
  /** What was passed over though it seems to make pods, and what else is no workload's, a sentence each. */
  notes: readonly string[]
}

/**
 * Plans all workloads in some documents. Throws an InputError where one that asks for Longhaul is malformed, and where
 * something was wrong before: of all together.
 */
export function planDocuments(
  documents: readonly ManifestDocument[],
  options: PreviewOptions,
  earlierMistakes: readonly string[] = [],
): Plan {
  const objects = locate(documents)
  const labels = options.clusterNamespaces ?? labelsOfNamespaces(objects.map(({ object }) => object))
  const located = objects.filter(({ object }) => isWorkload(object))
  const results = located.map(each => planWorkload(each, labels, options))
  const mistakes = [...earlierMistakes, ...results.flatMap(each => each.mistakes ?? [])]
  if (mistakes.length > 0) throw new InputError(...mistakes)
  return {
    documents,
    workloads: results.flatMap(each => each.workload ?? []),
    notes: [
      ...results.flatMap(each => each.note ?? []),
      ...results.flatMap(({ workload }) => (workload === undefined ? [] : roomNotes(workload))),
      ...strangerNotes(documents),
      ...objects.flatMap(namespaceNotes),
    ],
  }
}

/** The names of the namespaces that the workloads in some documents belong to. */
export function namespacesOf(documents: readonly ManifestDocument[], defaultNamespace: string): Set<string> {
  const workloads = locate(documents).filter(({ object }) => isWorkload(object))
  return new Set(workloads.map(({ object }) => namespaceNameOf(object, defaultNamespace)))
}

/** One of three: what is planned, a note why nothing is, or what is malformed. */
interface Planning {
  workload?: PlannedWorkload
  note?: string
  mistakes?: readonly string[]
}

function planWorkload(located: Located, labels: NamespaceLabels, options: PreviewOptions): Planning {
  const { object } = located
  if (holdsDirective(object)) return { note: patchNote(located, 'is a strategic merge patch') }
  const namespace = namespaceOf(object, labels, options)
  const pod = podOf(object, namespace.name)
  const mistakes = workloadShapeMistakes(object)
  // Of a malformed pod only the metadata is looked at: enough to tell whether it concerns Longhaul.
  const { spec: _, ...metadataOnly } = pod
  const decision = decide(mistakes.length > 0 ? metadataOnly : pod, namespace, options.config)
  const { mutation } = decision
  const isAsked = mutation.outcome === 'skipped' && mutation.reason === 'no-containers'
  if (mistakes.some(each => isAsked || mayAsk(each, object))) return malformed(located, mistakes)
  const workload = {
    ...located,
    changed: mutation.outcome === 'mutated' ? withPod(object, mutation.pod) : object,
    namespace: namespace.name,
    name: nameOf(object),
    pod,
    decision,
    problems: [...misplacedSettings(object), ...mutation.problems],
  }
  return { workload }
}

function roomNotes(workload: PlannedWorkload): string[] {
  return mayLackRoom(workload.pod, workload.decision.patch) ? [roomNote(workload)] : []
}

/** What is only a part of an object may lack anything, and hold null for what is to go. */
function malformed(located: Located, mistakes: readonly ShapeMistake[]): Planning {
  const missing = missingPart(located.object)
  if (missing !== undefined) {
    return { note: patchNote(located, `seems to be a strategic merge patch (${missing})`) }
  }
  return { mistakes: shapeTexts(located, mistakes) }
}

/** True for a mistake that hides whether the pods ask for Longhaul: in annotations of its own, or around them. */
function mayAsk({ path }: ShapeMistake, object: KubernetesObject): boolean {
  const annotations = [...templatePath(object), 'metadata', 'annotations']
  if (!annotations.every((step, index) => path.length <= index || path[index] === step)) return false
  return path.length <= annotations.length || path[annotations.length]?.startsWith(keyPrefix) === true
}

function namespaceOf(object: KubernetesObject, labels: NamespaceLabels, options: PreviewOptions): Namespace {
  const name = namespaceNameOf(object, options.namespace)
  return { name, labels: { ...labels.get(name), ...options.namespaceLabels } }
}

function namespaceNameOf({ metadata }: KubernetesObject, defaultNamespace: string): string {
  return String(metadata?.namespace ?? defaultNamespace)
}
