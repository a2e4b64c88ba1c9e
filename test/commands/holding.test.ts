import { describe, expect, test } from 'vitest'
import { DeployError } from '../../src/errors.js'
import type { Begun } from '../../src/engine/journal.js'
import type { LockRequest } from '../../src/engine/lock.js'
import type { Survey } from '../../src/engine/survey.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { connectionLost, held } from '../engine/fake-host.js'
import { changing, converged, run } from './fakes.js'

const bob = { who: 'bob@work', from: '10.0.3.2', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'shop' }

const free = { last: '', journal: false, jobs: [] }
const venv: Begun = { phase: 'Python', step: 'python.venv', subject: 'venv', undo: [], inert: true }

const never = (): Promise<never> => Promise.reject(new Error('this must not happen'))

/** What the host looks like, each time that it is looked at. */
const surveys = (...all: readonly Survey[]) => {
  let next = 0
  return () => Promise.resolve(all[Math.min(next++, all.length - 1)] ?? changing)
}

const withOther = (otherRun: Partial<Survey['otherRun']>, survey = changing): Survey => ({
  ...survey,
  otherRun: { ...survey.otherRun, ...otherRun },
})

const apply = 'apply -f deploy-flask.yml'

describe('the lock of the host', () => {
  test('is left alone by a run that has nothing to do, or only shows what it would do', async () => {
    const services = { hold: never, recover: never }
    expect(await run(`${apply} --yes`, { survey: converged, services })).toMatchObject({ exitCode: 0 })
    expect(await run(`${apply} --dry-run`, { services })).toMatchObject({ exitCode: 0 })
    const { exitCode, stderr } = await run(apply, { services, terminal: true, confirm: false })
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining('DECLINED')])
  })

  test('is taken after a person has agreed, and released when all is done', async () => {
    const { exitCode, applied, ...after } = await run(`${apply} --yes`)
    expect([exitCode, applied.length, after.held]).toEqual([0, 1, 0])
  })

  test('is released also when the run fails', async () => {
    const fails = new DeployError('STEP_FAILED', { what: 'no', remedy: 'try again' })
    const { exitCode, ...after } = await run(`${apply} --yes`, { services: { apply: () => Promise.reject(fails) } })
    expect([exitCode, after.held]).toEqual([1, 0])
  })

  test('is asked for once more over a new connection, where the line is cut meanwhile', async () => {
    let [asked, reconnected] = [0, 0]
    const host = new RecordedTransport({})
    host.reconnect = () => Promise.resolve(void reconnected++)
    const hold = () => (asked++ === 0 ? Promise.reject(connectionLost()) : Promise.resolve(held(host)))
    const { exitCode, applied } = await run(`${apply} --yes`, { host, services: { hold } })
    expect([exitCode, applied.length, asked, reconnected]).toEqual([0, 1, 2, 1])
  })
})

describe('another run that is at work', () => {
  const atWork = withOther({ at: bob, last: 'bbb' })

  test('is not disturbed: this one is refused with its name, and what to do', async () => {
    for (const wait of ['', ' --lock-wait 0']) {
      const services = { hold: never }
      const { exitCode, stderr, applied } = await run(`${apply} --yes${wait}`, { survey: atWork, services })
      expect([exitCode, applied]).toEqual([75, []])
      expect(stderr).toContain('error RUN_LOCKED: another run is at work on this host: bob@work (from 10.0.3.2)')
      expect(stderr).toContain('--lock-wait SECONDS')
    }
  })

  test('that does not say whose it is is refused to as well', async () => {
    const { exitCode, stderr } = await run(`${apply} --yes`, { survey: withOther({ at: null }) })
    expect([exitCode, stderr]).toEqual([75, expect.stringContaining('it does not say whose')])
  })

  test('is waited for, and then everything is looked at again', async () => {
    const requests: LockRequest[] = []
    const now = withOther({ last: 'bbb' }, { ...changing, stateHash: 'state-2' })
    const host = new RecordedTransport({})
    const { exitCode, applied, stderr } = await run(`${apply} --yes --lock-wait 60`, {
      services: {
        survey: surveys(atWork, now),
        hold: (_transport, request, emit) => {
          requests.push(request)
          request.onWaiting({ for: 'the lock of the host', holder: 'bob', seconds: 10 })
          request.onWaiting({ for: 'the lock of the host', holder: 'bob', seconds: 11 })
          return Promise.resolve(held(host, emit, { ...free, last: 'bbb' }))
        },
      },
    })
    expect([exitCode, applied.map(({ survey }) => survey.stateHash)]).toEqual([0, ['state-2']])
    expect(requests).toMatchObject([{ seconds: 60, holder: { site: 'notes' } }])
    expect(requests[0]?.holder.command).toMatch(/^apply -f \/.*deploy-flask\.yml$/)
    expect(stderr.match(/waiting for .*/g)).toEqual(['waiting for the lock of the host for 10 s: bob'])
  })

  test('is told where only the plan is wanted', async () => {
    const { exitCode, stderr } = await run(`${apply} --dry-run`, { survey: atWork, services: { hold: never } })
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('another run is changing this host now: bob@work')])
  })

  test('that came between the plan and the lock makes the plan worthless, where a person agreed to it', async () => {
    const found = { ...free, last: 'bbb' }
    const person = await run(`${apply} --no-color`, { terminal: true, confirm: true, found })
    expect([person.exitCode, person.applied, person.held]).toEqual([2, [], 0])
    expect(person.stderr).toContain('error APPLY_PLAN_STALE: another run has been at work on this host')
  })

  test('that came in between is no matter where nobody has to agree: the host is looked at again', async () => {
    const now = { ...changing, stateHash: 'state-2' }
    const found = { ...free, last: 'bbb' }
    const { exitCode, applied } = await run(`${apply} --yes`, { found, services: { survey: surveys(changing, now) } })
    expect([exitCode, applied.map(({ survey }) => survey.stateHash)]).toEqual([0, ['state-2']])
  })

  test('that came in between may have made a host on which this must not be done', async () => {
    const refusal = new DeployError('NAME_TAKEN', { what: 'another site has this name', remedy: 'take another' })
    const now = { ...changing, refusals: [refusal] }
    const found = { ...free, last: 'bbb' }
    const services = { survey: surveys(changing, now) }
    const { exitCode, stderr, applied, ...after } = await run(`${apply} --yes`, { found, services })
    expect([exitCode, applied, after.held]).toEqual([2, [], 0])
    expect(stderr).toContain('error NAME_TAKEN')
  })
})

describe('a run that was cut off', () => {
  const cutOff = withOther({ last: 'bbb', cutOff: bob })
  const found = { last: 'bbb', journal: true, jobs: [] }

  test('is taken back before the plan is shown, and what is gone on with is handed on', async () => {
    const order: string[] = []
    const { exitCode, applied, asked } = await run(apply, {
      terminal: true,
      confirm: true,
      found,
      services: {
        survey: surveys(cutOff, withOther({ last: 'bbb' })),
        recover: (_host, site) => {
          order.push(`recover ${site}`)
          return Promise.resolve([venv])
        },
        confirm: () => {
          order.push('ask')
          return Promise.resolve(true)
        },
      },
    })
    expect([exitCode, order, asked]).toEqual([0, ['recover notes', 'ask'], []])
    expect(applied).toMatchObject([{ adopted: [venv] }])
  })

  test('that has left only what is wanted leaves nothing to do, and is forgotten', async () => {
    const host = new RecordedTransport({})
    const services = { survey: surveys(cutOff, converged), recover: () => Promise.resolve([venv]) }
    const { exitCode, applied, ...after } = await run(`${apply} --yes`, { found, host, services })
    expect([exitCode, applied, after.held]).toEqual([0, [], 0])
    expect(host.commands.map(({ label }) => label)).toEqual(['forget what was kept for an undo'])
  })

  test('and cannot be taken back stops the next one, with exit code 5', async () => {
    const left = new DeployError('UNDO_INCOMPLETE', { what: 'not everything could be taken back', remedy: 'repair it' })
    const services = { survey: surveys(cutOff), recover: () => Promise.reject(left) }
    const { exitCode, applied, ...after } = await run(`${apply} --yes`, { found, services })
    expect([exitCode, applied, after.held]).toEqual([5, [], 0])
  })

  test('is told where only the plan is wanted, and nothing is taken back', async () => {
    const services = { hold: never, recover: never }
    for (const command of [`${apply} --dry-run`, 'plan -f deploy-flask.yml']) {
      const { exitCode, stderr } = await run(command, { survey: cutOff, services })
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining('a run before this one was cut off (bob@work')])
    }
  })
})
