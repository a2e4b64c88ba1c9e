import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

export interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** As much of vitest's JSON report as is counted. */
interface Report {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly File[]
}

interface File {
  readonly name: string
  readonly message: string
  readonly assertionResults: readonly {
    readonly fullName: string
    readonly status: string
    readonly failureMessages?: readonly string[]
  }[]
}

/** A file that does not load, or a set-up that fails, has no failed test in the report, but is a failure. */
export async function countReport(file: string, exitCode: number | undefined): Promise<Count> {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(await readFile(file, 'utf8')) as Report
  const good = report.success && exitCode === 0
  return {
    passed: report.numPassedTests,
    failed: good ? 0 : Math.max(1, report.numFailedTests),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** A line for each: whoever sees no more than the end of the output must know what to look at. */
export async function failuresOf(file: string, root: string): Promise<readonly string[]> {
  if (!existsSync(file)) return ['no report was written']
  const { testResults } = JSON.parse(await readFile(file, 'utf8')) as Report
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const place = relative(root, name)
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    if (failed.length === 0 && message !== '') return [`${place}: ${firstLine(message)}`]
    return failed.map(
      ({ fullName, failureMessages: [reason = ''] = [] }) => `${place} > ${fullName}: ${firstLine(reason)}`,
    )
  })
}

const firstLine = (text: string): string => stripVTControlCharacters(text).split('\n', 1)[0] ?? ''

export function sum(counts: readonly Count[]): Count {
  const add = (a: Count, b: Count): Count => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  })
  return counts.reduce(add, { passed: 0, failed: 0, skipped: 0 })
}

export function inWords({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
