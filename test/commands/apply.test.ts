import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Interrupts } from '../../src/commands/interrupts.js'
import { root } from '../../src/core/command.js'
import { DeployError } from '../../src/errors.js'
import { reportOf } from '../../src/commands/report.js'
import { recordedHost } from '../fixtures/recorded-host.js'
import { changing, converged, folder, run, runIn, site } from './fakes.js'

test('a host that is already so: nothing to do, nothing is asked, nothing is applied', async () => {
  const { exitCode, stdout, connections, applied } = await run('apply -f deploy-flask.yml --yes', { survey: converged })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    /^nothing to do: http:\/\/notes\.test\/ on vagrant@10\.0\.3\.7 is as it should be \(0\.4 s\)\n$/,
  )
  expect(connections).toHaveLength(1)
  expect(applied).toEqual([])
})

test('on a terminal the plan is shown and asked about once', async () => {
  const { exitCode, stderr, asked, applied } = await run('apply -f deploy-flask.yml', { terminal: true, confirm: true })
  expect(exitCode).toBe(0)
  expect(asked).toEqual(['Apply these 5 changes, 1 step not known yet, 1 handler to vagrant@10.0.3.7?'])
  expect(stderr).toContain('Plan: 2 to create')
  expect(applied).toMatchObject([{ confirmed: false }])
})

test('how the site was left is kept where something was changed', async () => {
  expect((await run('apply -f deploy-flask.yml --yes')).left).toEqual(['notes'])
  expect((await run('apply -f deploy-flask.yml --yes', { survey: converged })).left).toEqual([])
})

test('no is the end, softly and with another exit code than 0', async () => {
  const { exitCode, stderr, applied, closed } = await run('apply -f deploy-flask.yml --no-color', { terminal: true })
  expect(exitCode).toBe(130)
  expect(stderr).toContain('error DECLINED: declined; nothing was changed\n')
  expect(applied).toEqual([])
  expect(closed).toBe(1)
})

test('without a terminal and without --yes it fails before connecting, with the option to use', async () => {
  const { exitCode, stderr, connections } = await run('apply -f deploy-flask.yml')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('error NO_TERMINAL: there is no terminal to ask')
  expect(stderr).toContain('what to do: add --yes')
  expect(connections).toEqual([])
})

test('--yes asks nothing, tells each event as a line, and ends with a summary', async () => {
  const { exitCode, stdout, stderr, asked, applied } = await run('apply -f deploy-flask.yml --yes', {
    during: ({ emit }) => {
      emit({ type: 'step.start', phase: 'Packages', step: 'apt.packages', title: 'Packages' })
      const change = { kind: 'create', subject: 'package apache2', run: [root('true')] } as const
      emit({ type: 'step.change', step: 'apt.packages', change })
      emit({ type: 'phase.done', phase: 'Packages', milliseconds: 1200 })
    },
  })
  expect(exitCode).toBe(0)
  expect(asked).toEqual([])
  expect(applied).toMatchObject([{ confirmed: true }])
  expect(stderr).toContain('20:13:05 apt.packages: create package apache2\n')
  expect(stdout).toContain(
    'Done: 4 changes on vagrant@10.0.3.7 in 1.5 s\n  Packages 1.2 s\n    + create package apache2\n',
  )
  expect(stdout).toContain(
    '  URL            http://notes.test/\n  process group  notes\n' +
      '  user           flask-notes\n  Python prefix  /srv/notes/venvs/1\n',
  )
})

describe('the report at the end', () => {
  const proof = recordedHost('deployed').gate?.after.stdout

  test('tells what the check of a real host has answered', () => {
    expect(reportOf(site, proof)).toEqual({
      url: 'http://notes.test/',
      processGroup: 'notes',
      user: 'flask-notes',
      pythonPrefix: expect.stringMatching(/^\/srv\/notes\/venvs\/[0-9a-f]{12}$/) as string,
    })
  })

  test('names every process group and every account once', () => {
    const told = ['notes', 'notes-admin', 'notes'].map((group) => ({ group, prefix: '/srv/notes/venvs/1' }))
    const daemons = ['flask-notes', 'admin', 'admin'].map((user) => ({ title: '(wsgi)', user }))
    expect(reportOf({ ...site, port: 8080 }, JSON.stringify({ told, daemons }))).toEqual({
      url: 'http://notes.test:8080/',
      processGroup: 'notes, notes-admin',
      user: 'flask-notes, admin',
      pythonPrefix: '/srv/notes/venvs/1',
    })
  })

  test('leaves out what nobody has told, and is none when it cannot be read', () => {
    expect(reportOf(site, '{"told": [], "daemons": []}')).toEqual({ url: 'http://notes.test/' })
    expect(reportOf(site, 'Killed')).toBeUndefined()
    expect(reportOf(site, undefined)).toBeUndefined()
  })
})

test('--json is one event a line on stdout: the plan first, the result last', async () => {
  const { stdout, stderr } = await run('apply -f deploy-flask.yml --yes --json')
  const documents = stdout
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(documents).toMatchObject([
    { type: 'run.start', host: 'vagrant@10.0.3.7', site: 'notes' },
    { type: 'check.start', what: 'Log in' },
    { type: 'check.done', what: 'Log in' },
    { type: 'survey.start' },
    { type: 'survey.done', questions: 31 },
    { type: 'plan', plan: { version: 1, stateHash: 'state-1' } },
    { type: 'result', url: 'http://notes.test/', changes: 4, report: { url: 'http://notes.test/' } },
  ])
  expect(stderr).toBe('')
})

test('a failure is shown as blocks, and with --json as an event too', async () => {
  const failure = new DeployError('UNDO_INCOMPLETE', { what: 'a2dissite failed', remedy: 'run a2dissite notes' })
  const during = (): Promise<void> => Promise.reject(failure)
  const { exitCode, stdout, stderr, closed } = await run('apply -f deploy-flask.yml --yes --json', { during })
  expect(exitCode).toBe(5)
  expect(stderr).toBe('error UNDO_INCOMPLETE: a2dissite failed\nwhat to do: run a2dissite notes\n')
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'error',
    code: 'UNDO_INCOMPLETE',
    exitCode: 5,
  })
  expect(closed).toBe(1)
})

test('--dry-run shows the plan as plan does, and applies nothing', async () => {
  const { exitCode, stdout, applied } = await run('apply -f deploy-flask.yml --dry-run')
  expect(exitCode).toBe(0)
  expect(stdout).toBe((await run('plan -f deploy-flask.yml')).stdout)
  expect(applied).toEqual([])
})

test('nothing to apply, or two things to apply, is a mistake', async () => {
  expect((await run('apply --yes')).stderr).toContain('error FIELD_MISSING: 5 settings are missing')
  expect((await run('apply x.plan -f deploy-flask.yml')).stderr).toContain('error USAGE: a plan file names its')
})

describe('a saved plan', () => {
  const saved = async (): Promise<string> => {
    const cwd = folder()
    await runIn(cwd, 'plan -f deploy-flask.yml --out notes.plan')
    return cwd
  }

  test('is applied without asking: the file is the approval', async () => {
    const { exitCode, asked, applied, stderr } = await runIn(await saved(), 'apply notes.plan')
    expect({ exitCode, asked, stderr: stderr.includes('error') }).toEqual({ exitCode: 0, asked: [], stderr: false })
    expect(applied).toHaveLength(1)
  })

  test('is refused before connecting when the flags file, the code or the requirements changed', async () => {
    const cwd = await saved()
    writeFileSync(join(cwd, 'deploy-flask.yml'), 'version: 1 # edited\n')
    const moved = { ...site, code: { kind: 'path', path: '/elsewhere' }, requirements: { text: 'django\n' } } as const
    const { exitCode, stderr, connections } = await runIn(cwd, 'apply notes.plan', { site: moved })
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      "error APPLY_PLAN_STALE: since this plan was made, the flags file and the application's code and the " +
        "application's requirements changed; nothing was done\n" +
        `what to do: make the plan anew and look at it: deploy-flask plan -f ${cwd}/deploy-flask.yml --out PLANFILE\n`,
    )
    expect(connections).toEqual([])
  })

  test.each([
    ['another machine', { machineId: 'machine-2' }, 'this plan was made for another machine'],
    ['a host that moved', { stateHash: 'state-2' }, 'the host is not as it was when this plan was made'],
    ['another way to do it', { plan: { phases: [] } }, 'this version of deploy-flask would do something else'],
  ])('is refused for %s', async (_, difference, message) => {
    const cwd = await saved()
    const { exitCode, stderr, applied } = await runIn(cwd, 'apply notes.plan', {
      survey: { ...changing, ...difference },
    })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error APPLY_PLAN_STALE: ${message}`)
    expect(applied).toEqual([])
  })

  test('remembers the host that was given when it was made', async () => {
    const cwd = folder()
    await runIn(cwd, 'plan -f deploy-flask.yml --out notes.plan --host 192.0.2.9 --ssh-config c')
    const { connections } = await runIn(cwd, 'apply notes.plan')
    expect(connections).toMatchObject([{ host: '192.0.2.9', sshConfigFile: join(cwd, 'c') }])
  })

  test('that is none, or is damaged, is refused', async () => {
    const cwd = await saved()
    writeFileSync(join(cwd, 'cut.plan'), readFileSync(join(cwd, 'notes.plan'), 'utf8').slice(0, 200))
    const newer = readFileSync(join(cwd, 'notes.plan'), 'utf8').replace('"version": 1', '"version": 9')
    writeFileSync(join(cwd, 'newer.plan'), newer)
    for (const file of ['cut.plan', 'newer.plan', 'deploy-flask.yml', 'missing.plan']) {
      const { exitCode, stderr, connections } = await runIn(cwd, `apply ${file}`)
      expect(exitCode).toBe(2)
      expect(stderr).toContain('error PLAN_FILE_INVALID: ')
      expect(stderr).toContain(`where: ${join(cwd, file)}`)
      expect(connections).toEqual([])
    }
  })
})

describe('a signal', () => {
  const start = { type: 'step.start', phase: 'Packages', step: 'apt.packages', title: 'Packages' } as const

  test('before the first change ends the run at once, with nothing changed', async () => {
    const interrupts = new Interrupts(() => undefined)
    const connect = (): Promise<never> => {
      interrupts.receive('SIGINT')
      return new Promise(() => undefined)
    }
    const { exitCode, stderr } = await run('apply -f deploy-flask.yml --yes', { interrupts, services: { connect } })
    expect(exitCode).toBe(130)
    expect(stderr).toContain('error INTERRUPTED: stopped by SIGINT; nothing was changed\n')
  })

  test('during the changes asks the engine to stop', async () => {
    const { exitCode, stderr } = await run('apply -f deploy-flask.yml --yes', {
      during: ({ signal }, interrupts) => {
        interrupts.receive('SIGTERM')
        expect(signal?.aborted).toBe(true)
        return Promise.reject(new DeployError('INTERRUPTED', { what: 'stopped; all is undone', remedy: 'go on' }))
      },
    })
    expect(exitCode).toBe(143)
    expect(stderr).toContain('stopping: the running step is left to settle first; Ctrl-C again leaves at once\n')
    expect(stderr).toContain('error INTERRUPTED: stopped; all is undone\n')
  })

  test('that comes twice leaves at once, and says what is unfinished', async () => {
    const { exitCode, stderr, interrupts } = await run('apply -f deploy-flask.yml --yes', {
      during: ({ emit }, interrupts) => {
        emit({ ...start, step: 'host.fit', title: 'Fit' })
        emit({ type: 'step.same', step: 'host.fit', title: 'Fit' })
        emit(start)
        interrupts.receive('SIGINT')
        interrupts.receive('SIGINT')
        return new Promise(() => undefined)
      },
    })
    expect(exitCode).toBe(130)
    expect(interrupts.leaving).toBe(true)
    expect(stderr).toContain('where: unfinished: apt.packages (Packages)\n')
  })
})
