import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { problemText, warnings } from '../../src/policy/problems.ts'
import { decideCase, goldenCases, goldenText, outputFile } from './golden.ts'

it.each(goldenCases())('$name', each => {
  expect(goldenText(decideCase(each))).toBe(readFileSync(outputFile(each.name), 'utf8'))
})

it('says every problem of the golden cases whole within the length of a warning, but for its effect', () => {
  for (const each of goldenCases()) {
    const { problems } = decideCase(each).mutation
    for (const [index, warning] of warnings(problems).entries()) {
      const problem = problems[index]
      expect(warning.length).toBeLessThanOrEqual(120)
      expect(problem && problemText(problem).startsWith(warning), warning).toBe(true)
    }
  }
})
