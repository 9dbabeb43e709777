/** Warnings of the API server, which come in a header (RFC 7234, section 5.5; KEP-1693). */

/** One warning: a code, an agent, a text in quotes, of which quotes and backslashes are escaped. */
const warning = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g

/** The texts of the warnings in a header, in which several are joined by commas. */
export function readWarnings(header: string): string[] {
  // Headers come as Latin-1; what the API server writes in them is UTF-8.
  const text = Buffer.from(header, 'latin1').toString('utf8')
  return [...text.matchAll(warning)].map(([, quoted]) => (quoted ?? '').replace(/\\(.)/g, '$1'))
}
