import { describe, expect, test } from 'vitest'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { run } from './fakes.js'

const bob = { who: 'bob@work', from: '10.0.3.2', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'shop' }

interface State {
  /** The line of the holder. */
  readonly at?: string
  /** The first line of the journal. */
  readonly cutOff?: string
  readonly silent?: string
  /** How the attempt to release ends. */
  readonly exitCode?: number
}

const hostWith = ({ at = '', cutOff = '', silent = '3\n', exitCode = 0 }: State = {}) =>
  new RecordedTransport({
    answer: ({ sh }) => ({ stdout: sh.includes('flock') ? `token\n${at}\n\n${cutOff}\n` : silent }),
    result: () => ({ exitCode }),
  })

const status = 'lock status -f deploy-flask.yml'
const release = 'lock release -f deploy-flask.yml'

describe('lock status', () => {
  test('says that nobody is changing the host', async () => {
    expect(await run(status, { host: hostWith() })).toMatchObject({
      exitCode: 0,
      stdout: 'nobody is changing recorded\n',
    })
  })

  test('says who is, and when he was heard of last', async () => {
    const { stdout } = await run(status, { host: hostWith({ at: JSON.stringify(bob) }) })
    expect(stdout).toBe(
      'bob@work (from 10.0.3.2) has been at site shop since 2026-11-30T01:00:00Z with "deploy-flask apply"; ' +
        'last heard of 3 s ago\n',
    )
  })

  test('says that somebody is, where he has not said who', async () => {
    const { stdout } = await run(status, { host: hostWith({ at: 'garbage', silent: '' }) })
    expect(stdout).toBe('somebody is changing recorded, and does not say who\n')
  })

  test('says that a run was cut off, and what shows more of it', async () => {
    for (const [cutOff, whose] of [
      [JSON.stringify({ run: bob }), ': bob@work (from 10.0.3.2) has been at site shop'],
      ['{"begun":1}', '\n'],
    ] as const) {
      const { stdout } = await run(status, { host: hostWith({ cutOff }) })
      expect(stdout).toContain(`nobody is changing recorded\na run was cut off${whose}`)
      expect(stdout).toContain('deploy-flask recover --dry-run')
    }
  })

  test('shows nothing that a terminal would obey, though the host says it', async () => {
    const { stdout } = await run(status, { host: hostWith({ at: JSON.stringify({ ...bob, who: 'bob\u001b[2J' }) }) })
    expect(stdout).not.toContain('\u001b')
  })

  test('is one document for programs', async () => {
    const { stdout } = await run(`${status} --json`, { host: hostWith({ at: JSON.stringify(bob) }) })
    expect(JSON.parse(stdout)).toEqual({ host: 'recorded', at: bob, silent: 3 })
  })
})

describe('lock release', () => {
  test('does nothing where nobody has it', async () => {
    const host = hostWith()
    const { exitCode, stdout } = await run(release, { host })
    expect([exitCode, stdout]).toEqual([0, 'nobody is changing recorded: there is nothing to release\n'])
    expect(host.commands).toEqual([])
  })

  test('says whose it was', async () => {
    const { exitCode, stdout } = await run(release, { host: hostWith({ at: JSON.stringify(bob) }) })
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^released: bob@work .*\n$/)])
    const strange = await run(release, { host: hostWith({ at: 'garbage' }) })
    expect(strange.stdout).toBe('released: it did not say whose it was\n')
  })

  test('refuses where its holder is alive', async () => {
    const { exitCode, stderr } = await run(release, { host: hostWith({ at: JSON.stringify(bob), exitCode: 75 }) })
    expect([exitCode, stderr]).toEqual([75, expect.stringContaining('error RUN_LOCKED: another run is at work')])
  })

  test('that cannot be done is an error', async () => {
    const { exitCode, stderr } = await run(release, { host: hostWith({ at: JSON.stringify(bob), exitCode: 1 }) })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error STEP_FAILED')])
  })
})

test('lock has no other actions', async () => {
  const { exitCode, connections } = await run('lock take -f deploy-flask.yml')
  expect([exitCode, connections]).toEqual([2, []])
})

test('--lock-wait is a number of seconds, of at most a day, and given once', async () => {
  for (const line of ['x', '-1', '1.5', '1s', '86401', '0x10', '100000', '5 --lock-wait 6'].flatMap((value) => [
    `apply -f deploy-flask.yml --yes --lock-wait ${value}`,
    `recover -f deploy-flask.yml --yes --lock-wait ${value}`,
  ])) {
    const { exitCode, stderr, connections } = await run(line)
    expect([exitCode, connections], line).toEqual([2, []])
    expect(stderr, line).toContain('--lock-wait')
  }
  expect(await run('apply -f deploy-flask.yml --yes --lock-wait 86400')).toMatchObject({ exitCode: 0 })
})
