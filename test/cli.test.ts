import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { run } from './commands/fakes.js'

test('without a command and without a terminal it says all that would have to be given', async () => {
  const { exitCode, stdout, stderr } = await run('')
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('error FIELD_MISSING: 5 settings are missing')
})

test('help and version are results', async () => {
  const [help, helpOfApply, version] = [await run('--help'), await run('apply --help'), await run('--version')]
  expect([help.exitCode, helpOfApply.exitCode, version.exitCode]).toEqual([0, 0, 0])
  expect(help.stdout).toContain('Usage: deploy-flask [options] [command]')
  expect(help.stdout).toContain('Exit codes: 0 done')
  expect(help.stdout).toContain('apply [options]')
  expect(help.stdout).toContain('explain [options]')
  expect(helpOfApply.stdout).toContain('--dry-run')
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('a mistyped command is answered with the one that was meant', async () => {
  const { exitCode, stdout, stderr } = await run('aply -f deploy-flask.yml')
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toBe(
    "error USAGE: unknown command 'aply'\nwhat to do: did you mean apply? see `deploy-flask --help`\n",
  )
})

test('a mistyped option is answered with the one that was meant', async () => {
  const { exitCode, stderr } = await run('plan --jsn')
  expect(exitCode).toBe(2)
  expect(stderr).toBe(
    "error USAGE: unknown option '--jsn'\nwhat to do: did you mean --json? see `deploy-flask plan --help`\n",
  )
})

test('the options of explain are its own', async () => {
  const { exitCode, stderr } = await run('explain --vhst')
  expect(exitCode).toBe(2)
  expect(stderr).toBe(
    "error USAGE: unknown option '--vhst'\nwhat to do: did you mean --vhost? see `deploy-flask explain --help`\n",
  )
})

test('schema prints the JSON Schema', async () => {
  expect(await run('schema')).toMatchObject({ exitCode: 0, stdout: '{\n  "title": "flags file"\n}\n' })
})

test('what nobody expected is a bug, is to be reported, and shows its stack only with --verbose', async () => {
  const services = { survey: () => Promise.reject(new TypeError('x is not a function')) }
  const short = await run('plan -f deploy-flask.yml -q', { services })
  expect(short).toMatchObject({ exitCode: 70, closed: 1 })
  expect(short.stderr).toContain('error INTERNAL: unexpected: x is not a function\nwhat to do: this is a bug')
  expect(short.stderr).not.toContain('    at ')
  const long = await run('plan -f deploy-flask.yml -v', { services })
  expect(long.stderr).toMatch(/\nTypeError: x is not a function\n {4}at /)
})

test('an old Node is told which one is needed', () => {
  const launcher = fileURLToPath(new URL('../src/bin/deploy-flask.cjs', import.meta.url))
  const script = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' }); require(${JSON.stringify(launcher)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  expect(status).toBe(2)
  expect(stderr).toContain('deploy-flask needs Node 20.19 or newer, this is Node 18.20.4')
})
