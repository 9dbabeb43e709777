/** How the demo speaks: headings, and lines below them. */

import { styleText } from 'node:util'

export function heading(text: string): void {
  process.stdout.write(`\n${styleText('bold', `== ${text}`)}\n\n`)
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
