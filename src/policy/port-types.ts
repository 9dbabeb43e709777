/** Settings that are ports, by number or name. */

import type { ValueType } from './value-types.ts'

/** Of a name, with room for blanks and zeros around. */
const maxPortLength = 32

/** A port number, or the name that a container gives to one (an IANA service name: kubernetes' rule). */
export const portReference: ValueType<number | string> = {
  syntax: 'port number or name',
  schema: {
    type: ['integer', 'string'],
    pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
    // Go's regular expressions can't look ahead for a letter.
    anyOf: [{ pattern: '[a-z]', maxLength: 15 }, { pattern: '^[0-9]+$' }],
    minimum: 1,
    maximum: 65535,
  },
  maxLength: maxPortLength,
  parse(text) {
    if (/^\d+$/.test(text)) {
      const value = Number(text)
      return value >= 1 && value <= 65535 ? { value } : { rule: 'is not a port', fix: 'write 1 to 65535' }
    }
    const isName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(text)
    return isName
      ? { value: text }
      : { rule: 'is no port or port name', fix: 'write a number or a name such as http' }
  },
  format: String,
}

const maxPorts = 64
/** Without the rules that Go's regular expressions can't say along with the length. */
const portReferenceSource = '[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?'

/** `auto`, or port numbers and names, separated by commas: at most 64. */
export const portReferences: ValueType<'auto' | readonly (number | string)[]> = {
  syntax: '`auto` or port numbers and names, comma-separated',
  schema: {
    type: ['integer', 'string'],
    pattern: `^\\s*${portReferenceSource}\\s*(,\\s*${portReferenceSource}\\s*){0,${maxPorts - 1}}$`,
    minimum: 1,
    maximum: 65535,
  },
  maxLength: maxPorts * maxPortLength,
  parse(text, example) {
    if (text.trim() === 'auto') return { value: 'auto' }
    const parts = text.split(',', maxPorts + 1)
    if (parts.length > maxPorts)
      return { rule: `has more than ${maxPorts} ports`, fix: 'write fewer, or auto' }
    const parsed = parts.map(part => portReference.parse(part.trim(), example))
    const value = parsed.flatMap(each => ('value' in each ? [each.value] : []))
    if (value.length === parts.length) return { value }
    return {
      rule: 'is not a list of ports',
      fix: `write numbers or names with commas between, such as ${example}`,
    }
  },
  format: value => (value === 'auto' ? value : value.join(',')),
}
