/** Colour for people at a terminal, and plain text for everything else. */

import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

export type Style = (format: Format, text: string) => string

/** Whether to colour is decided once, where the output is known; not by the environment here. */
export function styleFor(isColoured: boolean): Style {
  return (format, text) => (isColoured ? styleText(format, text, { validateStream: false }) : text)
}
