/** Names the tests that failed, and adds up the counts of vitest's JSON reports: `N passed, N failed, N skipped`. */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
}

const sum = { passed: 0, failed: 0, skipped: 0 }
for (const file of process.argv.slice(2)) {
  const report: Report = JSON.parse(readFileSync(file, 'utf8'))
  sum.passed += report.numPassedTests
  sum.failed += report.numFailedTests
  sum.skipped += report.numPendingTests + report.numTodoTests
  for (const line of failures(report)) process.stdout.write(`${basename(file, '.json')}: ${line}\n`)
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)

/** A test in each line, with the beginning of what it said; or a file that could not be run. */
function failures({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter(each => each.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [`${basename(name)}: ${beginning(message)}`] : []
    return failed.map(
      each => `${basename(name)}: ${each.fullName}: ${beginning(each.failureMessages[0] ?? '')}`,
    )
  })
}

function beginning(message: string): string {
  return message.replaceAll(/\s+/g, ' ').slice(0, 300)
}
