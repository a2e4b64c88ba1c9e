import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DeployError } from '../../src/errors.js'
import { changing, converged, folder, run, runIn } from './fakes.js'

const portTaken = new DeployError('PORT_TAKEN', { what: 'port 80 is taken by nginx', remedy: 'stop nginx' })
const foreign = new DeployError('FOREIGN_FILE', { what: 'notes.conf is not ours', remedy: 'name the site otherwise' })

test('the plan goes to stdout and progress to stderr', async () => {
  const { exitCode, stdout, stderr, closed } = await run('plan -f deploy-flask.yml')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^Packages\n.*\nPlan: 2 to create, 1 to update,/s)
  expect(stderr).toBe('20:13:05 site notes on vagrant@10.0.3.7\n20:13:05 survey: 31 questions answered in 0.4 s\n')
  expect(closed).toBe(1)
})

test('--quiet leaves only the plan', async () => {
  const { stdout, stderr } = await run('plan -f deploy-flask.yml --quiet')
  expect(stderr).toBe('')
  expect(stdout).toContain('Plan: ')
})

test('warnings about the flags file are told, unless --quiet', async () => {
  const warnings = ['others can read it']
  expect((await run('plan -f deploy-flask.yml', { warnings })).stderr).toContain('warning: others can read it\n')
  expect((await run('plan -f deploy-flask.yml -q', { warnings })).stderr).toBe('')
})

test('--exit-code tells a host that differs from one that does not', async () => {
  expect((await run('plan -f deploy-flask.yml --exit-code')).exitCode).toBe(3)
  expect((await run('plan -f deploy-flask.yml --exit-code', { survey: converged })).exitCode).toBe(0)
})

test('--json prints one document and nothing else', async () => {
  const { stdout } = await run('plan -f deploy-flask.yml --json')
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, site: 'notes', machineId: 'machine-1', stateHash: 'state-1' })
})

test('all refusals are shown at once, and the first one gives the exit code', async () => {
  const survey = { ...changing, refusals: [portTaken, foreign] }
  const { exitCode, stdout, stderr, closed } = await run('plan -f deploy-flask.yml --quiet', { survey })
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toBe(`error PORT_TAKEN: port 80 is taken by nginx
what to do: stop nginx

error FOREIGN_FILE: notes.conf is not ours
what to do: name the site otherwise
`)
  expect(closed).toBe(1)
})

test('colour is for terminals, unless NO_COLOR or --no-color says otherwise', async () => {
  const terminal = { terminal: true }
  expect((await run('plan -f deploy-flask.yml')).stdout).not.toContain('\u001b')
  expect((await run('plan -f deploy-flask.yml', terminal)).stdout).toContain('\u001b[32m')
  expect((await run('plan -f deploy-flask.yml --no-color', terminal)).stdout).not.toContain('\u001b')
  expect((await run('plan -f deploy-flask.yml', { ...terminal, env: { NO_COLOR: '1' } })).stdout).not.toContain(
    '\u001b',
  )
})

test('options of the command line reach the connection', async () => {
  const cwd = folder()
  const { connections } = await runIn(
    cwd,
    'plan -f deploy-flask.yml --host me@192.0.2.1 --ssh-config ssh.conf --accept-new-host-key',
  )
  expect(connections).toEqual([
    {
      host: 'me@192.0.2.1',
      transport: 'built-in',
      acceptNewHostKey: true,
      sshConfigFile: join(cwd, 'ssh.conf'),
    },
  ])
})

test('a host that ssh could take for an option is refused before connecting', async () => {
  const { exitCode, stderr, connections } = await run('plan -f deploy-flask.yml --host=-oProxyCommand=id')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--host: host: must be a host name')
  expect(connections).toEqual([])
})

test('without a flags file it says which option is missing', async () => {
  const { exitCode, stderr } = await run('plan')
  expect(exitCode).toBe(2)
  expect(stderr).toBe(`error FIELD_MISSING: 5 settings are missing
where: no flags file was given
evidence:
    --host: Host to deploy to: an address or an alias of ssh_config; \`user@host\` is accepted
    --site: Name of the site: names its files, its process group and its folder
    --server-name: Host name that the site answers to (ServerName)
    --code-folder or --code-package or --code-path or --code-git: The application: a folder, a package or a repository to send, or a folder that is on the host
    --wsgi: The WSGI application: module:object or module:factory()
what to do: name a flags file (-f deploy-flask.yml), or give these options (or DEPLOY_FLASK_... variables), or run \`deploy-flask\` on a terminal, which asks for them
`)
})

describe('--out', () => {
  test('saves the plan for its owner only, and leaves no other file behind', async () => {
    const cwd = folder()
    const { exitCode, stderr } = await runIn(cwd, 'plan -f deploy-flask.yml --out notes.plan')
    expect(exitCode).toBe(0)
    expect(stderr).toContain('saved; apply exactly this with: deploy-flask apply notes.plan\n')
    const file = join(cwd, 'notes.plan')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      format: 'deploy-flask plan',
      version: 1,
      flagsFile: join(cwd, 'deploy-flask.yml'),
      machineId: 'machine-1',
      plan: { host: 'vagrant@10.0.3.7', phases: [{ title: 'Packages' }, { title: 'Apache' }] },
    })
    expect(readdirSync(cwd).sort()).toEqual(['deploy-flask.yml', 'notes.plan'])
  })

  test('replaces an older plan', async () => {
    const cwd = folder()
    await runIn(cwd, 'plan -f deploy-flask.yml --out notes.plan')
    chmodSync(join(cwd, 'notes.plan'), 0o644)
    expect((await runIn(cwd, 'plan -f deploy-flask.yml --out notes.plan')).exitCode).toBe(0)
    expect(statSync(join(cwd, 'notes.plan')).mode & 0o777).toBe(0o600)
  })

  test('never replaces anything else, and says so before connecting', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'thesis.txt'), 'years of work\n')
    symlinkSync(join(cwd, 'nowhere'), join(cwd, 'link'))
    for (const out of ['thesis.txt', 'link', '.', 'deploy-flask.yml', 'no/such/folder']) {
      const { exitCode, stderr, connections } = await runIn(cwd, `plan -f deploy-flask.yml --out ${out}`)
      expect(exitCode).toBe(2)
      expect(stderr).toContain(`where: --out ${join(cwd, out)}`)
      expect(connections).toEqual([])
    }
    expect(readFileSync(join(cwd, 'thesis.txt'), 'utf8')).toBe('years of work\n')
  })
})

test('an option that is given twice is refused', async () => {
  for (const line of ['plan -f a.yml -f b.yml', 'plan -f a.yml --file b.yml', 'plan -f a.yml --out x --out y']) {
    const { exitCode, stderr, connections } = await run(line)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/error USAGE: option .* is invalid\. It is given twice\./)
    expect(connections).toEqual([])
  }
})
