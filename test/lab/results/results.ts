/** What a run of the lab gives: all that tables and charts are made of. */

import type { Observation } from '../experiments/experiment.ts'

export interface Results {
  /** ISO 8601, when the run started. */
  date: string
  kernel: string
  cores: number
  /** What all timers were divided by. */
  scale: number
  /** Of the programs and libraries that took part, by name. */
  versions: Readonly<Record<string, string>>
  /** What was left out on this machine, a sentence each. */
  missing: readonly string[]
  experiments: readonly ExperimentResult[]
}

export interface ExperimentResult {
  name: string
  /** ISO 8601, where it was run anew after the others. */
  date?: string
  seconds: number
  observations: readonly Observation[]
  /** Why it failed, or which of its cases and why, if so. */
  failure?: string
}
