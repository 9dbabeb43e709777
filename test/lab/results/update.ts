/** Makes table.md, the charts and the README's part anew from results.json, without a run. */

import { updateDocuments } from './documents.ts'

updateDocuments()
