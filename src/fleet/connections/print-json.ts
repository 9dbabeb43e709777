/** The connections of many pods, for programs. */

import { leftOutEntry } from '../left-out.ts'
import type { PodConnection, Survey } from './survey.ts'

/** What `-o json` prints of a connection: the names and units of `longhaul list --json`, and where it is. */
type Entry = { namespace: string; pod: string } & PodConnection

/** One object: all connections, and the pods that were not looked into, with the reason. */
export function printJson({ pods, leftOut }: Survey): string {
  const connections = pods.flatMap(({ pod: { namespace, name }, connections }) =>
    connections.map((each): Entry => ({ namespace, pod: name, ...each })),
  )
  return `${JSON.stringify({ connections, leftOut: leftOut.map(leftOutEntry) }, undefined, 2)}\n`
}
