/** `npm run golden`: writes the golden renders of the chart anew. */

import { writeFileSync } from 'node:fs'
import { chartCases, rendered, renderedFile } from './golden.ts'

for (const each of chartCases()) writeFileSync(renderedFile(each.name), rendered(each))
