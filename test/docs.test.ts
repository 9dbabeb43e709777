import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { settingsHelp, withReference } from '../src/docs/reference.ts'
import { keys } from '../src/policy/settings.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('the README has the reference that the tables make (npm run docs)', () => {
  expect(withReference(readme)).toBe(readme)
})

it('a document without the markers is refused', () => {
  expect(() => withReference('# Longhaul')).toThrow(
    'the markers of the generated part "settings" are missing',
  )
})

it('help names every setting', () => {
  for (const key of keys) expect(settingsHelp()).toContain(`longhaul.dev/${key} `)
})
