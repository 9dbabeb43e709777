/** `npm run golden`: writes the golden outputs anew; what changed is then for the reader of the diff. */

import { writeFileSync } from 'node:fs'
import { decideCase, goldenCases, goldenText, outputFile } from './golden.ts'

for (const each of goldenCases()) writeFileSync(outputFile(each.name), goldenText(decideCase(each)))
