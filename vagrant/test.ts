import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { vagrantFolder } from './cache.js'
import { countReport, failuresOf, inWords, sum, type Count } from './test/count.js'
import { suites, whole, type Suite } from './test/suites.js'

interface Result extends Count {
  readonly name: string
  readonly seconds: number
}

const root = dirname(vagrantFolder)
/** Everything instead of a sample of what has thousands of cases. */
const isFull = process.env['TEST_EVERYTHING'] === '1'
/** After this long, what still runs is stopped and counts as failed: no answer for so long is no answer. */
const deadline = performance.now() + (isFull ? 8 * 60 : 80) * 60_000
const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined

const all = [...suites, ...(isFull ? whole : [])]
/** Of all suites: where, which, why. */
const failures: string[] = []
/** Suites named on the command line; without any, all of them. */
const wanted = process.argv.slice(2)

/** One after the other, a failure or not: a person wants to know all of it. */
async function test(folder: string): Promise<void> {
  const unknown = wanted.find((name) => !all.some((suite) => suite.name === name))
  if (unknown !== undefined) throw new Error(`there is no suite '${unknown}'`)
  const chosen = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  // none of these keeps more than one processor busy
  const results = await Promise.all(chosen.filter(isCheck).map(async (suite) => timed(suite, check(suite))))
  for (const suite of chosen.filter((one) => !isCheck(one))) {
    process.stdout.write(`\n== ${suite.name}\n`)
    results.push(await timed(suite, runSuite(suite, folder)))
  }
  const total = sum(results)
  process.stdout.write(`\n${[...failures, summary(results)].join('\n')}\n\n${inWords(total)}\n`)
  if (total.failed > 0) process.exitCode = 1
}

const isCheck = ({ script }: Suite): boolean => script !== undefined

async function timed({ name }: Suite, running: Promise<Count>): Promise<Result> {
  const start = performance.now()
  const count = await running
  const seconds = (performance.now() - start) / 1000
  process.stdout.write(`== ${name}: ${inWords(count)} in ${seconds.toFixed(1)} s\n`)
  return { name, ...count, seconds }
}

async function runSuite(suite: Suite, folder: string): Promise<Count> {
  try {
    const reason = await suite.prepare?.()
    if (reason !== undefined) {
      process.stdout.write(`skipped: ${reason}\n`)
      return { passed: 0, failed: 0, skipped: 1 }
    }
    return await vitest(suite, folder)
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    failures.push(`failed: ${suite.name}: ${error instanceof Error ? error.message : String(error)}`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/** What it prints comes in one piece: others run at the same time. */
async function check({ name, script = '' }: Suite): Promise<Count> {
  const { exitCode, all, shortMessage } = await execa('npm', ['run', '--silent', script], {
    ...options(),
    stdin: 'ignore',
    all: true,
  })
  process.stdout.write(`\n== ${name}\n${all}\n`)
  if (exitCode === 0) return { passed: 1, failed: 0, skipped: 0 }
  failures.push(`failed: ${name}: ${shortMessage ?? script}`)
  return { passed: 0, failed: 1, skipped: 0 }
}

async function vitest({ name, vitest: project = '', env }: Suite, folder: string): Promise<Count> {
  const report = join(folder, `${name}.json`)
  const further = ['--reporter=json', `--outputFile.json=${report}`, '--reporter=./test/helpers/second-tries.ts']
  const reporters = ['--reporter=default', ...further]
  const count = await countReport(
    report,
    await run(['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', project, ...reporters], env),
  )
  if (count.failed > 0) failures.push(...(await failuresOf(report, root)).map((text) => `failed: ${name}: ${text}`))
  // This machine could have run them.
  if (count.passed === 0 && count.failed === 0) return { ...count, failed: 1 }
  return count
}

/** Of a program of node_modules/.bin, as npm finds it, or of npm. */
const options = (env: Readonly<Record<string, string>> = {}) => ({
  cwd: root,
  preferLocal: true,
  localDir: root,
  reject: false,
  // Vitest takes CI for a terminal with colours.
  env: colours ? env : { NO_COLOR: '1', ...env },
  timeout: Math.max(1, deadline - performance.now()),
})

/** Answers its exit code. */
async function run([program = '', ...args]: readonly string[], env?: Suite['env']): Promise<number | undefined> {
  const { exitCode, timedOut, shortMessage } = await execa(program, args, {
    ...options(env),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (timedOut || exitCode === undefined) process.stdout.write(`${shortMessage ?? program}\n`)
  return exitCode
}

function summary(results: readonly Result[]): string {
  const head = ['suite', 'passed', 'failed', 'skipped', 'time']
  const rows = results.map(({ name, passed, failed, skipped, seconds }) => [
    name,
    ...[passed, failed, skipped].map(String),
    `${seconds.toFixed(1)} s`,
  ])
  const line = ([name = '', ...numbers]: readonly string[]): string =>
    name.padEnd(12) + numbers.map((text) => text.padStart(10)).join('')
  return [head, ...rows].map(line).join('\n')
}

const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-report-'))
try {
  await test(folder)
} finally {
  await rm(folder, { recursive: true })
}
