import { expect, it } from 'vitest'
import { closingBracket } from '../../src/manifests/closing-bracket.ts'

it.each([
  ['[a, b] c', '[a, b]'],
  ['{a: [b,\nc], d: {e: f}}, g}', '{a: [b,\nc], d: {e: f}}'],
  ['["]", \'it\'\'s ]\', "\\"]"]]', '["]", \'it\'\'s ]\', "\\"]"]'],
  ["[it's, b's]]", "[it's, b's]"],
  ['[a "b] c"]', '[a "b]'],
  ['[a, # ]\nb#]]', '[a, # ]\nb#]'],
  ['{"a":"}"}}', '{"a":"}"}'],
])('%j ends behind its own bracket', (text, flow) => {
  expect(closingBracket(`x: ${text}`, 3)).toBe(3 + flow.length)
})

it.each(['[a, b', '{a: "}', '[a, # ]'])('%j has no end', text => {
  expect(closingBracket(text, 0)).toBeUndefined()
})
