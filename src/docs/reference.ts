/** The reference of settings and profiles, made from their tables: for the README and for `--help`. */

import { shippedProfiles } from '../policy/profiles.ts'
import { type Key, keyPrefix, keys, settingOf } from '../policy/settings.ts'
import { table } from '../preview/table.ts'

/** The settings as a Markdown table. */
export function settingsMarkdown(): string {
  const rows = keys.map(key => {
    const { type, default: standard, doc } = settingOf(key)
    const text = standard === undefined ? '–' : `\`${standard}\``
    return `| \`${key}\` | ${type.syntax} | ${text} | ${placesOf(key)} | ${doc} |`
  })
  return ['| key | value | default | may stand on | meaning |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** The shipped profiles as a Markdown table. */
export function profilesMarkdown(): string {
  const rows = Object.entries(shippedProfiles).map(([name, values]) => {
    const written = Object.entries(values).map(([key, value]) => `\`${key}: ${value}\``)
    return `| \`${name}\` | ${written.join(', ')} |`
  })
  return ['| profile | values |', '|---|---|', ...rows].join('\n')
}

function placesOf(key: Key): string {
  const names = { annotation: 'pod', label: 'namespace', profile: 'profile', defaults: 'defaults' }
  return settingOf(key)
    .places.map(place => names[place])
    .join(', ')
}

/** The settings as plain text, a line each. */
export function settingsHelp(): string {
  const rows = keys.map(key => {
    const { type, default: standard } = settingOf(key)
    return [
      `  ${keyPrefix}${key}`,
      type.syntax.replaceAll('`', ''),
      standard === undefined ? '' : `(${standard})`,
    ]
  })
  return ['Settings, with their defaults:', ...table(rows)].join('\n')
}

const marker = (name: string, edge: 'begin' | 'end') => `<!-- ${edge} generated: ${name} -->`

/** A document with its generated parts, by name, made anew. Throws where a marker is missing. */
export function withParts(document: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, content]) => replacePart(text, name, content), document)
}

function replacePart(text: string, name: string, content: string): string {
  const begin = text.indexOf(marker(name, 'begin'))
  const end = text.indexOf(marker(name, 'end'))
  if (begin === -1 || end === -1) throw new Error(`the markers of the generated part "${name}" are missing`)
  return `${text.slice(0, begin)}${marker(name, 'begin')}\n${content}\n${text.slice(end)}`
}
