/** What the formats print, as files: `npx vitest run test/check/outputs.test.ts -u` makes them anew. */

import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { runHere } from '../cli/longhaul.ts'

const input = 'test/check/golden/chat.yaml'

it.each(['text', 'json', 'sarif', 'github', 'junit'])('%s', async format => {
  const { stdout } = await runHere(['check', input, '-o', format])
  const text = format === 'sarif' ? onlyFoundRules(stdout) : stdout
  await expect(withoutPassed(text)).toMatchFileSnapshot(`golden/chat.${format}.out`)
})

it('SARIF is valid by the schema of OASIS', async () => {
  const { stdout } = await runHere(['check', input, '-o', 'sarif'])
  expect(sarifMistakes(JSON.parse(stdout))).toEqual([])
})

it('what is no SARIF is not valid by it', () => {
  expect(sarifMistakes({ version: '2.1.0', runs: [{ results: [] }] })).not.toEqual([])
})

function sarifMistakes(log: object): unknown[] {
  // As published it is of draft 4, which differs from what ajv knows only in these two here.
  const {
    id: _,
    $schema: __,
    ...schema
  } = JSON.parse(readFileSync(new URL('sarif-schema-2.1.0.json', import.meta.url), 'utf8'))
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true })
  ajv.validate(schema, log)
  return ajv.errors ?? []
}

/** A log that stays the same with new rules and new releases. */
function onlyFoundRules(text: string): string {
  const log = JSON.parse(text)
  const [{ tool, results }] = log.runs
  const listed: { id: string }[] = tool.driver.rules
  for (const result of results) {
    expect(listed[result.ruleIndex]?.id).toBe(result.ruleId)
    delete result.ruleIndex
  }
  const found = new Set(results.map(({ ruleId }: { ruleId: string }) => ruleId))
  tool.driver.rules = listed.filter(({ id }) => found.has(id))
  tool.driver.semanticVersion = '0.0.0'
  return JSON.stringify(log, undefined, 2)
}

/** A JUnit report that stays the same with new rules. */
function withoutPassed(text: string): string {
  return text.replaceAll(/ *<testcase [^>]*\/>\n/g, '').replaceAll(/tests="\d+"/g, 'tests="all"')
}
