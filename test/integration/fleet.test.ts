import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { fleetPlanForm, hostOutcomeForm } from '../../src/render/documents-schema.js'
import { secrets } from '../fixtures/sites.js'
import { bin, deployFlask } from '../helpers/cli.js'
import { examples } from '../helpers/flags.js'
import { startSimulatedHosts, type SimulatedHosts } from '../helpers/simulated-hosts.js'

const playbook = fileURLToPath(new URL('fleet-playbook.ts', import.meta.url))

let fleet: SimulatedHosts
let folder: string

beforeAll(async () => {
  fleet = await startSimulatedHosts(6, { kind: 'real' })
  folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
})
afterAll(async () => fleet.stop())

const host = (index: number): string => fleet.hosts[index] ?? ''
const file = (index: number, name: string): string => join(fleet.root(host(index)), 'srv/tiny', name)
const versionOf = (index: number): string | undefined =>
  existsSync(file(index, 'version')) ? readFileSync(file(index, 'version'), 'utf8') : undefined
const versions = (): readonly (string | undefined)[] => fleet.hosts.map((_, index) => versionOf(index))

const flags = async (version: string, more: object = {}): Promise<string> => {
  const path = join(folder, 'deploy-flask.yml')
  const written = {
    version: 1,
    hosts: fleet.hosts,
    ssh: { 'config-file': fleet.sshConfigFile },
    site: 'tiny',
    'server-name': 'tiny.test',
    code: { path: '/srv/tiny/code' },
    requirements: false,
    wsgi: 'tiny:app',
    settings: { VERSION: version },
    ...more,
  }
  await writeFile(path, stringify(written))
  return path
}

const env = (): Record<string, string> => ({ XDG_STATE_HOME: join(folder, 'state') })

const run = async (verb: string, path: string, ...options: readonly string[]) =>
  deployFlask(['fleet', verb, '-f', path, ...(verb === 'list' ? [] : ['--playbook', playbook]), ...options], env())

const breakHost = async (index: number): Promise<void> => {
  await mkdir(file(index, ''), { recursive: true })
  await writeFile(file(index, 'broken'), '')
}
const repair = (index: number): Promise<void> => rm(file(index, 'broken'), { force: true })

interface Line {
  readonly type: string
  readonly hostName?: string
  readonly outcome?: unknown
}

const linesOf = (stdout: string): readonly Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

const outcomesOf = (stdout: string) =>
  linesOf(stdout).flatMap(({ type, outcome }) => (type === 'host.done' ? [hostOutcomeForm.parse(outcome)] : []))

describe('one site on many hosts', () => {
  afterEach(async () => {
    await Promise.all(fleet.hosts.map((_, index) => repair(index)))
  })

  it('is listed without a connection', async () => {
    const { stdout, exitCode } = await run('list', await flags('one'))
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`${host(3)}\n`)
    expect(stdout).toContain('6 hosts\n')
    expect((await fleet.stats()).logins).toBe(0)
  })

  it('is planned: hosts with the same plan stand together, and those that differ by themselves', async () => {
    const path = await flags('one', {
      hosts: Object.fromEntries(
        fleet.hosts.map((name, index) => [name, index === 5 ? { settings: { VERSION: 'special' } } : {}]),
      ),
    })
    const { stdout, exitCode, stderr } = await run('plan', path, '--exit-code')
    expect(exitCode, stderr).toBe(3)
    expect(stdout).toContain('5 hosts: the same 1 change\n')
    expect(stdout).toContain('1 host: 1 change\n')
    expect(stdout).toContain('  +  site.version  create file /srv/tiny/version\n')
    const { groups, failed } = fleetPlanForm.parse(JSON.parse((await run('plan', path, '--json')).stdout))
    expect(groups.map(({ hosts }) => hosts.length)).toEqual([5, 1])
    expect(failed).toEqual([])
    expect(versions()).toEqual(fleet.hosts.map(() => undefined))
  })

  it('is brought there: a canary, then the others, and the second run has nothing to do', async () => {
    const path = await flags('one')
    const first = await run('apply', path, '--yes', '--canary', '1', '--rolling', '3')
    expect(first.exitCode, first.stderr).toBe(0)
    expect(versions()).toEqual(fleet.hosts.map(() => 'one'))
    expect(first.stderr).toMatch(/canary: asking 1 site again\n.*\n?.*canary: passed/)
    expect(first.stdout.match(/changed +1 change/g)).toHaveLength(6)
    const second = await run('apply', path, '--yes')
    expect(second.exitCode, second.stderr).toBe(0)
    expect(second.stdout.match(/nothing to do/g)).toHaveLength(6)
  })

  it('one that refuses is told in full, the others are done, and only it is tried again', async () => {
    const path = await flags('two')
    await breakHost(2)
    const first = await run('apply', path, '--yes')
    expect(first.exitCode).toBe(1)
    expect(versions()).toEqual(['two', 'two', 'one', 'two', 'two', 'two'])
    expect(first.stdout.trim().split('\n').at(-1)).toMatch(new RegExp(`^${host(2)} +failed .* STEP_FAILED$`))
    expect(first.stderr).toContain('the disk is on fire')
    expect(first.stderr).toContain('only 1 host again: deploy-flask fleet apply -f')
    await repair(2)
    const again = await run('apply', path, '--yes', '--retry-failed', '--json')
    expect(again.exitCode, again.stderr).toBe(0)
    expect(outcomesOf(again.stdout)).toEqual([expect.objectContaining({ host: host(2), state: 'changed', changes: 1 })])
    expect(versions()).toEqual(fleet.hosts.map(() => 'two'))
    const done = await run('apply', path, '--yes', '--retry-failed')
    expect(done.exitCode).toBe(0)
    expect(done.stderr).toContain('nothing to retry')
  })

  it('a canary that fails stops the others, which were not begun and are told so', async () => {
    const path = await flags('three', { fleet: { canary: 2 } })
    await breakHost(0)
    const { exitCode, stdout, stderr } = await run('apply', path, '--yes')
    expect(exitCode).toBe(1)
    expect(stdout.match(/not begun/g)).toHaveLength(4)
    expect(stderr).toContain('only 5 hosts again')
    expect(versions()).toEqual(['two', 'three', 'two', 'two', 'two', 'two'])
    await repair(0)
    const again = await run('apply', path, '--yes', '--retry-failed')
    expect(again.exitCode, again.stderr).toBe(0)
    expect(versions()).toEqual(fleet.hosts.map(() => 'three'))
  })

  it('the same error on many hosts is told once', async () => {
    for (const index of [1, 2, 3]) await breakHost(index)
    const { stderr, exitCode } = await run('apply', await flags('four'), '--yes', '--quiet')
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${host(1)}: the same on 2 other hosts: ${host(2)}, ${host(3)}\n`)
    expect(stderr.match(/^error STEP_FAILED/gm)).toHaveLength(1)
  })

  it('a run of some hosts leaves what is known of the others, and tells how only its own are tried again', async () => {
    await run('apply', await flags('four'), '--yes')
    const path = await flags('four and a half')
    for (const index of [1, 4]) await breakHost(index)
    await run('apply', path, '--yes', '--limit', host(1))
    const other = await run('apply', path, '--yes', '--limit', host(4))
    expect(other.stderr).toContain(
      `only 1 host again: deploy-flask fleet apply -f ${path} --limit ${host(4)} --retry-f`,
    )
    for (const index of [1, 4]) await repair(index)
    const again = await run('apply', path, '--yes', '--retry-failed', '--json')
    expect(new Map(outcomesOf(again.stdout).map(({ host: name, state }) => [name, state]))).toEqual(
      new Map([1, 4].map((index) => [host(index), 'changed'])),
    )
  })

  it('interrupted, it takes back what is in flight, and says who was not begun', async () => {
    const path = await flags('five', { settings: { VERSION: 'five', PAUSE: 2 }, fleet: { parallel: 1 } })
    const child = spawn(
      process.execPath,
      [bin, 'fleet', 'apply', '-f', path, '--playbook', playbook, '--yes', '--json'],
      {
        env: { ...process.env, ...env() },
      },
    )
    let stdout = ''
    let said = ''
    child.stderr.on('data', (piece) => (said += String(piece)))
    child.stdout.on('data', (piece) => {
      const began = stdout.includes('"step.command"')
      stdout += String(piece)
      if (!began && stdout.includes('"step.command"')) child.kill('SIGINT')
    })
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code, said).toBe(130)
    expect(said).toContain('no further host begins')
    const [outcome, ...others] = outcomesOf(stdout)
    expect(others).toEqual([])
    expect(outcome).toMatchObject({ host: host(0), state: 'failed', errors: [{ code: 'INTERRUPTED' }] })
    expect(linesOf(stdout).at(-1)).toMatchObject({ type: 'fleet.done', hosts: { failed: 1, notBegun: 5 } })
  })

  it('hosts that do not answer hold up nobody else, and each has its own error', async () => {
    await fleet.become(host(4), { kind: 'refuses' })
    await fleet.become(host(5), { kind: 'silent' })
    const path = await flags('six', { fleet: { parallel: 2 } })
    const { exitCode, stdout } = await run('apply', path, '--yes', '--json', '--host-seconds', '10')
    expect(exitCode).toBe(1)
    const outcomes = new Map(outcomesOf(stdout).map((one) => [one.host, one]))
    expect(fleet.hosts.map((name) => outcomes.get(name)?.errors[0]?.code)).toEqual([
      ...[undefined, undefined, undefined, undefined],
      'NO_SSH_SERVER',
      'HOST_TOO_SLOW',
    ])
    expect(versions().slice(0, 4)).toEqual(['six', 'six', 'six', 'six'])
    for (const index of [4, 5]) await fleet.become(host(index), { kind: 'real' })
  })

  it.each([
    [['apply'], /error NO_TERMINAL/],
    [['apply', '--yes', '--canary', 'web*'], /error NO_HOST_MATCHES/],
    [['apply', '--yes', '--rolling', '0%'], /error CONFIG_INVALID/],
    [['apply', '--yes', '--limit', 'nobody'], /error NO_HOST_MATCHES/],
  ])('what cannot be meant is refused before anybody connects: %j', async ([verb = '', ...options], refusal) => {
    const before = (await fleet.stats()).logins
    const { exitCode, stderr } = await run(verb, await flags('six'), ...options)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(refusal)
    expect((await fleet.stats()).logins).toBe(before)
  })
})

describe('hundreds of hosts', () => {
  it('on which nothing is to be done are looked at once each, in bounded memory, no more at a time than is said', async () => {
    const many = await startSimulatedHosts(300)
    try {
      const args = [
        'fleet',
        'apply',
        '-f',
        join(examples, 'notes.yml'),
        '--inventory',
        many.inventory,
        '--yes',
        '--quiet',
      ]
      const child = spawn(process.execPath, [bin, ...args, '--ssh-config', many.sshConfigFile, '--parallel', '30'], {
        env: { ...process.env, ...env(), NOTES_SECRET_KEY: secrets.NOTES_SECRET_KEY, NO_COLOR: '1' },
      })
      let stdout = ''
      let stderr = ''
      let kilobytes = 0
      child.stdout.on('data', (piece) => (stdout += String(piece)))
      child.stderr.on('data', (piece) => (stderr += String(piece)))
      const sampler = setInterval(() => {
        const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : ''
        kilobytes = Math.max(kilobytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
      }, 50)
      const [code] = (await once(child, 'close')) as [number | null]
      clearInterval(sampler)
      expect(code, stderr).toBe(0)
      expect(stderr).toBe('')
      expect(stdout).toContain('300 hosts nothing to do: ')
      const { logins, most } = await many.stats()
      expect(logins).toBe(300)
      // one that has been hung up on may still be known to the hosts
      expect(most).toBeLessThanOrEqual(33)
      expect(kilobytes / 1024).toBeLessThan(80 + 300 * 0.5)
    } finally {
      await many.stop()
    }
  })
})
