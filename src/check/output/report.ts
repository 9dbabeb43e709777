import type { Finding } from '../findings.ts'

/** What is printed, in any format. */
export interface Report {
  findings: readonly Finding[]
  /** How many objects were looked at. */
  objectCount: number
}
