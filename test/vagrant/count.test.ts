import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countReport, inWords, sum } from '../../vagrant/test/count.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-flask-count-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function report(numbers: Record<string, number | boolean>): Promise<string> {
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

test('the last line of all suites says how many passed, failed and were skipped', () => {
  const counts = [
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 10, failed: 1, skipped: 0 },
  ]
  expect(inWords(sum(counts))).toBe('11 passed, 1 failed, 2 skipped')
})
