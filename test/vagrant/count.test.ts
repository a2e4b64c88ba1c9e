import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countReport, failuresOf, inWords, sum } from '../../vagrant/test/count.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-flask-count-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function report(numbers: Record<string, unknown>): Promise<string> {
  const file = join(folder, 'report.json')
  const all = { success: true, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, ...numbers }
  await writeFile(file, JSON.stringify(all))
  return file
}

test('the tests of a report are counted, those still to be written as skipped', async () => {
  const file = await report({
    numPassedTests: 3,
    numFailedTests: 2,
    numPendingTests: 1,
    numTodoTests: 1,
    success: false,
  })
  expect(await countReport(file, 1)).toEqual({ passed: 3, failed: 2, skipped: 2 })
})

test('a set-up that fails is a failure though no test failed', async () => {
  expect(await countReport(await report({ success: false }), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  expect(await countReport(await report({ numPassedTests: 5 }), 1)).toEqual({ passed: 5, failed: 1, skipped: 0 })
})

test('no report is a failure', async () => {
  expect(await countReport(join(folder, 'none.json'), undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('a failure is a line: where, which and why, without colours', async () => {
  const testResults = [
    {
      name: '/repository/test/one.test.ts',
      message: '',
      assertionResults: [
        { fullName: 'one thing works', status: 'passed', failureMessages: [] },
        { fullName: 'other things work', status: 'failed', failureMessages: ['\u001b[31mError: no\u001b[39m\n  at a'] },
      ],
    },
    { name: '/repository/test/two.test.ts', message: 'it does not load\n  at b', assertionResults: [] },
  ]
  expect(await failuresOf(await report({ success: false, testResults }), '/repository')).toEqual([
    'test/one.test.ts > other things work: Error: no',
    'test/two.test.ts: it does not load',
  ])
  expect(await failuresOf(join(folder, 'none.json'), '/repository')).toEqual(['no report was written'])
})

test('the last line of all suites says how many passed, failed and were skipped', () => {
  const counts = [
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 10, failed: 1, skipped: 0 },
  ]
  expect(inWords(sum(counts))).toBe('11 passed, 1 failed, 2 skipped')
})
