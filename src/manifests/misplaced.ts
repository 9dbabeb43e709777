/** Settings that stand where no pod gets them from: on a workload itself, or as annotations of a namespace. */

import { boundedProblems, type Problem } from '../policy/problems.ts'
import { settingEntries } from '../policy/read-values.ts'
import { isKey, keyPrefix, settingOf } from '../policy/settings.ts'
import { type KubernetesObject, templatePath, valueAt } from './workloads.ts'

type Fields = Readonly<Record<string, unknown>>

/** A problem for each setting among the annotations and labels around a pod template, bounded; none for a pod. */
export function misplacedSettings(workload: KubernetesObject): readonly Problem[] {
  const path = templatePath(workload)
  // Around the template of a CronJob's pods is that of its Jobs.
  const around = path.flatMap((name, index) => (name === 'jobTemplate' ? [path.slice(0, index + 1)] : []))
  const places = path.length === 0 ? [] : [[], ...around]
  const found = places.flatMap(place => misplacedIn(workload, place))
  const untold = found.reduce((sum, each) => sum + each.untold, 0)
  return boundedProblems(
    found.flatMap(({ problems }) => problems),
    untold,
  )
}

interface Misplaced {
  problems: readonly Problem[]
  untold: number
}

function misplacedIn(workload: KubernetesObject, place: readonly string[]): Misplaced[] {
  const owner = `the ${place.at(-1) ?? workload.kind}`
  const effect = `They are at ${templatePath(workload).join('.')}.metadata.annotations.`
  const problemsOf = (entries: readonly (readonly [string, unknown])[], where: string, fix: string) =>
    entries.map(([key, value]) => ({
      key,
      value: String(value),
      place: where,
      rule: 'does not reach its pods',
      fix,
      effect,
    }))
  const entriesOf = (field: string) =>
    settingEntries(valueAt(workload, [...place, 'metadata', field]) as Fields | undefined)
  const annotations = entriesOf('annotations')
  // What else is a label may be anybody's.
  const labels = entriesOf('labels').entries.filter(([key]) => isKey(key))
  return [
    {
      problems: problemsOf(annotations.entries, owner, "move it to the template's annotations"),
      untold: annotations.untold,
    },
    { problems: problemsOf(labels, `a label of ${owner}`, 'annotate the template'), untold: 0 },
  ]
}

/** A sentence for each setting among the annotations of a namespace, which gives its pods only labels. */
export function misplacedOnNamespace({ apiVersion, kind, metadata }: KubernetesObject): string[] {
  if (apiVersion !== 'v1' || kind !== 'Namespace') return []
  const settings = settingEntries(metadata?.annotations)
    .entries.map(([key]) => key)
    .filter(isKey)
  return settings.map(key => {
    const fix = settingOf(key).places.includes('label')
      ? 'write it as a label'
      : "write it as an annotation of the pods' template"
    return `has ${keyPrefix}${key} as an annotation, which has no effect; ${fix}`
  })
}
