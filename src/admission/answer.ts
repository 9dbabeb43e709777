/** What a webhook's handler gives back. */

import type { AdmissionRecord } from './admission-record.ts'
import type { AdmissionResponse } from './review.ts'

export interface Answer {
  response: AdmissionResponse
  /** For log and metrics; the rest of the record comes from the request. */
  record: Pick<AdmissionRecord, 'owner' | 'outcome' | 'reason' | 'features' | 'problems' | 'fault'>
}
