/** Characters with which a text is no YAML to kubectl (go-yaml's readerc.go), or would be read as something else here. */

export interface RefusedCharacter {
  /** Its offset in the text. */
  at: number
  /** Why not, and what to do. */
  rule: string
}

const refused =
  /[^\t\n\r\u{20}-\u{7E}\u{85}\u{A0}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]|(?<!^)\uFEFF|\r(?!\n)/u

/** The first of them; undefined where there is none. A byte order mark may stand at the beginning. */
export function refusedCharacter(text: string): RefusedCharacter | undefined {
  const found = refused.exec(text)
  return found === null ? undefined : { at: found.index, rule: ruleFor(found[0]) }
}

function ruleFor(character: string): string {
  if (character === '\r') return 'a carriage return stands alone; end lines with line feeds'
  if (character === '\uFEFF') return 'a byte order mark stands inside the file; take it out'
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  const encoding = character === '\0' ? ', as in a file that is not UTF-8' : ''
  return `the control character U+${code} is not allowed${encoding}`
}
