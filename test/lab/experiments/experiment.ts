/** What an experiment of the lab is. */

import type { Chart } from '../results/svg.ts'
import type { Client, System } from '../systems/system.ts'

/** One case of an experiment, and what was seen in it. */
export interface Observation {
  /** Who: a system and its client, or a setting. */
  subject: string
  /** What was done to it. */
  circumstance: string
  /** With what of Longhaul's. */
  variant: string
  /** By name, with the unit in it; null where there is none, as for what was never noticed. */
  figures: Readonly<Record<string, number | string | null>>
}

export interface Lab {
  /** What all timers are divided by: 10, or 1 for the real ones. */
  scale: number
  /** Only what the tests need: fewer cases, smaller numbers. */
  short: boolean
  systems: readonly System[]
  /** Tells how far it is. */
  progress(text: string): void
  /** A case could not be carried out; which one, and why. */
  lost(text: string): void
}

export interface Table {
  head: readonly string[]
  rows: readonly (readonly string[])[]
}

export interface Experiment {
  name: string
  title: string
  /** What is done and measured, for readers of the table. */
  about: string
  run(lab: Lab): Promise<Observation[]>
  table(observations: readonly Observation[]): Table
  /** For those that a picture tells more. */
  chart?(observations: readonly Observation[], lab: Pick<Lab, 'scale'>): Chart
}

/** A system and one of its clients, as observations name them. */
export function subjectOf({ name }: System, { label }: Client): string {
  return `${name}: ${label}`
}
