import { relative } from 'node:path'
import type { Reporter, TestCase } from 'vitest/node'

/**
 * Tests here wait for real processes of a machine that may be busy, so one that fails is tried once more. What passed only
 * then is told at the end: it is no failure, but somebody should know.
 */
export default class SecondTries implements Reporter {
  readonly #lines: string[] = []

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky !== true) return
    const reasons = test.result().errors?.map(({ message }) => message.split('\n', 1)[0])
    const file = relative(process.cwd(), test.module.moduleId)
    this.#lines.push(`passed at the second try: ${file} > ${test.fullName}: ${reasons?.[0] ?? ''}`)
  }

  onTestRunEnd(): void {
    for (const line of this.#lines) process.stdout.write(`${line}\n`)
  }
}
