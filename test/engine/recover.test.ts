import { describe, expect, test } from 'vitest'
import { root } from '../../src/core/command.js'
import { commandText } from '../../src/core/command-text.js'
import type { Event } from '../../src/core/event.js'
import type { Answer, Command } from '../../src/core/command.js'
import { DeployError } from '../../src/errors.js'
import { actedLine, begunLine, begunOf, parseJournal, runLine } from '../../src/engine/journal.js'
import { recoverFor } from '../../src/engine/recover.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { connectionLost, held } from './fake-host.js'

const ann = { who: 'ann@laptop', from: '10.0.3.1', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

const begun = (subject: string, inert = false): string =>
  begunLine(
    begunOf('House', 'thing.wall', { kind: 'create', subject, run: [], undo: [root('unmake', subject)], inert }),
  )

const acted = actedLine(
  { phase: 'House', step: 'house.paint', subject: 'Paint the house' },
  [root('paint')],
  [{ title: 'it is steady', command: root('look', 'steady') }],
)

interface Left {
  readonly journal?: string
  readonly jobs?: readonly string[]
  /** How commands end, by their text. */
  readonly when?: Readonly<Record<string, Partial<Answer> | DeployError>>
}

/** A host on which a run was cut off, and what the next run does about it. */
const recovering = ({ journal, jobs = [], when = {} }: Left) => {
  const events: Event[] = []
  const emit = (event: Event): void => void events.push(event)
  const result = (command: Command): Partial<Answer> => {
    const behaviour = when[commandText(command)]
    if (behaviour instanceof DeployError) throw behaviour
    if (behaviour !== undefined) return behaviour
    return command.argv[0] === 'cat' && command.argv[1]?.endsWith('/journal') === true ? { stdout: journal ?? '' } : {}
  }
  const transport = new RecordedTransport({ result })
  const host = held(transport, emit, { last: 'zzz', journal: journal !== undefined, jobs })
  return {
    events,
    recover: async (site: string) => recoverFor(host, site, emit),
    /** The text of each, and for the journal what is written into it. */
    get commands() {
      return transport.commands.map(commandText)
    },
    get rewritten() {
      const written = transport.commands.find(({ label }) => label === 'write the journal')?.stdin
      return typeof written === 'string' ? parseJournal(written) : undefined
    },
    get notices() {
      return events.flatMap((event) => (event.type === 'notice' ? [event.text] : []))
    },
  }
}

const reading = 'cat /var/lib/deploy-flask/undo/journal'
const forgetting = 'forget what was kept for an undo'

describe('after a run that was cut off, the next one', () => {
  test('does nothing where nothing was left', async () => {
    const host = recovering({})
    expect(await host.recover('notes')).toEqual([])
    expect([host.commands, host.events]).toEqual([[], []])
  })

  test('takes everything back, newest first, and then lets the service take over what was restored', async () => {
    const host = recovering({ journal: runLine(ann) + begun('wall') + begun('door') + acted })
    expect(await host.recover('notes')).toEqual([])
    expect(host.commands).toEqual([reading, 'unmake door', 'unmake wall', 'paint', 'look steady', forgetting])
    expect(host.notices).toEqual([
      expect.stringMatching(/^a run before this one was cut off \(ann@laptop .*\): taking back wall, door$/),
    ])
  })

  test('of the same site keeps what nothing refers to, and goes on with that', async () => {
    const host = recovering({ journal: runLine(ann) + begun('venv', true) + begun('wall') + acted })
    const kept = await host.recover('notes')
    expect(kept.map(({ subject }) => subject)).toEqual(['venv'])
    expect(host.commands).toEqual([reading, 'unmake wall', 'paint', 'look steady', 'write the journal'])
    // by now it is this run's
    expect(host.rewritten).toMatchObject({ run: { site: 'house' }, begun: kept, acted: undefined })
  })

  test('of the same site says that it goes on where there is nothing to be taken back', async () => {
    const host = recovering({ journal: runLine(ann) + begun('venv', true) })
    expect(await host.recover('notes')).toHaveLength(1)
    expect(host.notices).toEqual([expect.stringMatching(/: it goes on$/)])
  })

  test('of another site takes everything back, and so does one that cannot tell whose it was', async () => {
    for (const whose of [runLine(ann), '']) {
      const host = recovering({ journal: whose + begun('venv', true) + begun('wall') })
      expect(await host.recover('other')).toEqual([])
      expect(host.commands).toEqual([reading, 'unmake wall', 'unmake venv', forgetting])
    }
  })

  test('lets commands that still run come to their end first', async () => {
    const host = recovering({
      journal: begun('wall'),
      jobs: ['zzz-4'],
      when: { 'cat /run/deploy-flask/jobs/zzz-4/label': { stdout: 'apt-get install\n' } },
    })
    await host.recover('notes')
    expect(host.commands.slice(0, 4)).toEqual([
      'cat /run/deploy-flask/jobs/zzz-4/label',
      'attach zzz-4',
      reading,
      'unmake wall',
    ])
    expect(host.events).toContainEqual({
      type: 'check.start',
      what: 'Wait for apt-get install of a run that was cut off',
    })
  })
})

describe('what cannot be taken back', () => {
  const journal = runLine(ann) + begun('wall') + begun('door') + acted

  test('needs a person: exit code 5, the rest is taken back, and the journal stays', async () => {
    const host = recovering({ journal, when: { 'unmake door': { exitCode: 1, stderr: 'no hinges\n' } } })
    await expect(host.recover('notes')).rejects.toMatchObject({
      code: 'UNDO_INCOMPLETE',
      exitCode: 5,
      fault: {
        what: expect.stringMatching(/cut off: ann@laptop .*; and not everything could be taken back$/) as unknown,
        where: '/var/lib/deploy-flask/undo/journal',
        evidence: 'not taken back:\nunmake door\n  no hinges',
      },
    })
    expect(host.commands).toEqual([reading, 'unmake door', 'unmake wall', 'paint', 'look steady'])
  })

  test('is also a service that does not take over what was restored, or does not work as before', async () => {
    for (const [failing, said] of [
      ['paint', 'paint ended with exit code 1\nno colour'],
      ['look steady', 'it is steady: no\nno colour'],
    ] as const) {
      const host = recovering({ journal, when: { [failing]: { exitCode: 1, stderr: 'no colour\n' } } })
      await expect(host.recover('notes')).rejects.toMatchObject({
        code: 'UNDO_INCOMPLETE',
        fault: { evidence: `not taken back:\n${said}` },
      })
      expect(host.commands).not.toContain(forgetting)
    }
  })

  test('because the line is lost is told as well, and the journal stays', async () => {
    const host = recovering({ journal, when: { 'unmake door': connectionLost() } })
    await expect(host.recover('notes')).rejects.toMatchObject({ code: 'UNDO_INCOMPLETE' })
    expect(host.commands).not.toContain(forgetting)
  })

  test('because another run has the lock by now is left to that one', async () => {
    const gone = new DeployError('LOCK_LOST', { what: 'the lock went to another run', remedy: 'look who has it' })
    const host = recovering({ journal, when: { 'unmake door': gone } })
    await expect(host.recover('notes')).rejects.toMatchObject({ code: 'LOCK_LOST', exitCode: 75 })
    expect(host.commands).toEqual([reading, 'unmake door'])
  })

  test('because the journal cannot be read is not begun with', async () => {
    const host = recovering({ journal: `${begun('wall')}{"moved":1}\n` })
    await expect(host.recover('notes')).rejects.toMatchObject({ code: 'UNDO_INCOMPLETE' })
    expect(host.commands).toEqual([reading])
  })
})
