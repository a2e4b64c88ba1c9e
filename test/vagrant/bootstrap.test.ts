import { chmod, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

// A checkout with an npm that only notes what it was asked to do.
let checkout: string

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'deploy-flask-bootstrap-'))
  for (const folder of ['vagrant', 'src', 'bin', 'dist/vagrant'])
    await mkdir(join(checkout, folder), { recursive: true })
  await cp('vagrant/bootstrap.mjs', join(checkout, 'vagrant/bootstrap.mjs'))
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json']) await writeFile(join(checkout, file), '{}')
  await writeFile(join(checkout, 'src/index.ts'), '')
  const npm = `#!/bin/sh
echo "$*" >> '${checkout}/npm.log'
[ "$1" != ci ] || { mkdir -p node_modules; touch node_modules/.package-lock.json; }
`
  await writeFile(join(checkout, 'bin/npm'), npm)
  await chmod(join(checkout, 'bin/npm'), 0o755)
  const script = 'console.log(process.argv.slice(2).join(" ")); process.exitCode = 7'
  await writeFile(join(checkout, 'dist/vagrant/demo.js'), script)
})

afterEach(async () => {
  await rm(checkout, { recursive: true })
})

function bootstrap(...args: string[]) {
  const path = `${join(checkout, 'bin')}:${process.env['PATH'] ?? ''}`
  return execa('node', [join(checkout, 'vagrant/bootstrap.mjs'), ...args], { reject: false, env: { PATH: path } })
}

async function npmCalls(): Promise<string[]> {
  return (await readFile(join(checkout, 'npm.log'), 'utf8')).trim().split('\n')
}

test('a clean clone installs and compiles, then runs the script with its arguments and exit code', async () => {
  const result = await bootstrap('demo', 'up', '--name', 'x')
  expect(await npmCalls()).toEqual(['ci --no-audit --no-fund', 'run --silent build'])
  expect(result.stdout).toBe('up --name x')
  expect(result.exitCode).toBe(7)
  expect(result.stderr).toContain('installing the npm packages')
})

test('the second run neither installs nor compiles', async () => {
  await bootstrap('demo')
  const second = await bootstrap('demo')
  expect(await npmCalls()).toHaveLength(2)
  expect(second.stderr).toBe('')
})

test('a changed source compiles again, a changed lock file installs again', async () => {
  await bootstrap('demo')
  const later = new Date(Date.now() + 1000)
  await utimes(join(checkout, 'src/index.ts'), later, later)
  await bootstrap('demo')
  expect((await npmCalls()).slice(2)).toEqual(['run --silent build'])
  await utimes(join(checkout, 'package-lock.json'), later, later)
  await bootstrap('demo')
  expect(await npmCalls()).toContain('ci --no-audit --no-fund')
  expect((await npmCalls()).filter((call) => call.startsWith('ci'))).toHaveLength(2)
})

test('without a script it says how it is used', async () => {
  const result = await bootstrap()
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain('usage: node vagrant/bootstrap.mjs SCRIPT')
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s is passed on to the script, whose end is waited for',
  async (signal) => {
    const script = `process.once('${signal}', () => setTimeout(() => { console.log('ended well'); process.exit(9) }, 200))
setInterval(() => undefined, 1000)
console.error('begun')`
    await writeFile(join(checkout, 'dist/vagrant/demo.js'), script)
    const running = bootstrap('demo')
    await new Promise<void>((resolve) => {
      running.stderr.on('data', (text: Buffer) => (text.includes('begun') ? resolve() : undefined))
    })
    running.kill(signal)
    expect(await running).toMatchObject({ stdout: 'ended well', exitCode: 9 })
  },
)
