import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

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
