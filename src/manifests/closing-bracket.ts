/** Where flow collections of YAML end. */

const quoted = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'/
/** A comment, what has a meaning of its own, space, or a word of a plain scalar. */
const plain = /(?<=\s)#[^\n]*|[[\]{},:?]|\s+|[^\s[\]{},:?]+/
/** A quote that nothing closes is none of these. */
const token = new RegExp(`${quoted.source}|(?!["'])(?:${plain.source})`, 'y')
/** Within a plain scalar a quote is a character like others. */
const tokenInScalar = new RegExp(plain.source, 'y')

/** Behind the bracket that closes the flow collection at an offset, whatever its lines are indented by; else undefined. */
export function closingBracket(text: string, start: number): number | undefined {
  let depth = 0
  for (const { piece, end } of tokens(text, start)) {
    if (piece === '[' || piece === '{') depth++
    if (piece === ']' || piece === '}') depth--
    if (depth === 0) return end
  }
  return undefined
}

/** Up to the end of the text, or a quote that nothing closes. */
function* tokens(text: string, start: number): Generator<{ piece: string; end: number }> {
  let isInScalar = false
  for (let at = start; at < text.length; ) {
    const reader = isInScalar ? tokenInScalar : token
    reader.lastIndex = at
    const [piece] = reader.exec(text) ?? []
    if (piece === undefined) return
    at += piece.length
    yield { piece, end: at }
    if (/^[[{,:?]$/.test(piece)) isInScalar = false
    else if (/^[^\s#]/.test(piece)) isInScalar = true
  }
}
