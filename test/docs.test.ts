import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { generatedFiles } from '../src/docs/generated.ts'
import { settingsHelp, withParts } from '../src/docs/reference.ts'
import { keys } from '../src/policy/settings.ts'

it.each(generatedFiles())('$path is what its sources make of it (npm run docs)', ({ url, text }) => {
  expect(readFileSync(url, 'utf8')).toBe(text)
})

it('a document without the markers is refused', () => {
  expect(() => withParts('# Longhaul', { settings: '' })).toThrow(
    'the markers of the generated part "settings" are missing',
  )
})

it('help names every setting', () => {
  for (const key of keys) expect(settingsHelp()).toContain(`longhaul.dev/${key} `)
})
