/** `npm run docs`: makes the generated files anew. */

import { writeFileSync } from 'node:fs'
import { generatedFiles } from './generated.ts'

for (const { url, text } of generatedFiles()) writeFileSync(url, text)
