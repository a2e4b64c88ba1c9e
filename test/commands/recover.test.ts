import { describe, expect, test } from 'vitest'
import { root, type Answer } from '../../src/core/command.js'
import { commandText } from '../../src/core/command-text.js'
import { actedLine, begunLine, begunOf, runLine } from '../../src/engine/journal.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { run } from './fakes.js'

const ann = { who: 'ann@laptop', from: '10.0.3.1', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

const begun = (subject: string): string =>
  begunLine(begunOf('House', 'thing.wall', { kind: 'create', subject, run: [], undo: [root('unmake', subject)] }))

const journal =
  runLine(ann) +
  begun('wall') +
  begun('do\u001b[2Jor') +
  actedLine({ phase: 'House', step: 'house.paint', subject: 'Paint the house' }, [root('paint')], [])

const left = { last: 'zzz', journal: true, jobs: [] }
const forgetting = 'forget what was kept for an undo'

/** A host with this journal; `when`: how commands end, by their text. */
const cutOff = (when: Readonly<Record<string, Partial<Answer>>> = {}, content = journal) => {
  const host = new RecordedTransport({
    result: (command) => (command.argv[0] === 'cat' ? { stdout: content } : (when[commandText(command)] ?? {})),
  })
  const changes = (): readonly string[] => host.commands.map(commandText).filter((text) => !text.startsWith('cat '))
  return { host, changes, found: left }
}

const recover = 'recover -f deploy-flask.yml'

describe('recover', () => {
  test('shows what was left, asks once, takes it back, and forgets it', async () => {
    const { changes, ...world } = cutOff()
    const { exitCode, stdout, asked, ...after } = await run(recover, { ...world, terminal: true, confirm: true })
    expect([exitCode, asked, after.held]).toEqual([0, ['Take all of this back?'], 0])
    expect(changes()).toEqual([expect.stringContaining('unmake'), 'unmake wall', 'paint', forgetting])
    expect(stdout).toContain('a run was cut off: ann@laptop (from 10.0.3.1) has been at site notes')
    expect(stdout).toMatch(/in this order:\n {2}do.*or\n {2}wall\nthen again: Paint the house\ntaken back\n$/)
    expect(stdout).not.toContain('\u001b')
  })

  test('that is declined changes nothing', async () => {
    const { changes, ...world } = cutOff()
    const { exitCode, ...after } = await run(recover, { ...world, terminal: true, confirm: false })
    expect([exitCode, changes(), after.held]).toEqual([130, [], 0])
  })

  test('--dry-run shows it and changes nothing, also without a terminal; --verbose shows the commands', async () => {
    const { changes, ...world } = cutOff()
    const { exitCode, stdout, asked } = await run(`${recover} --dry-run --verbose`, world)
    expect([exitCode, asked, changes()]).toEqual([0, [], []])
    expect(stdout).toContain('  wall\n    unmake wall\n')
  })

  test('without a terminal and without --yes fails before connecting', async () => {
    for (const line of [recover, `${recover} --discard`]) {
      const { exitCode, stderr, connections } = await run(line, cutOff())
      expect([exitCode, connections]).toEqual([2, []])
      expect(stderr).toContain('what to do: add --yes, or --dry-run')
    }
  })

  test('that cannot take everything back has exit code 5, and forgets nothing', async () => {
    const { changes, ...world } = cutOff({ 'unmake wall': { exitCode: 1, stderr: 'wall: busy\n' } })
    const { exitCode, stderr, stdout, ...after } = await run(`${recover} --yes`, world)
    expect([exitCode, after.held]).toEqual([5, 0])
    expect(stderr).toContain('wall: busy')
    expect(stdout).not.toContain('taken back\n')
    expect(changes()).not.toContain(forgetting)
  })

  test('says where nothing was left', async () => {
    for (const more of ['', ' --discard']) {
      const { changes, host } = cutOff()
      const found = { ...left, journal: false }
      const { exitCode, stdout } = await run(`${recover} --yes${more}`, { host, found })
      expect([exitCode, stdout, changes()]).toEqual([0, 'nothing was left half done on recorded\n', []])
    }
  })

  test('waits first for what still runs', async () => {
    const { changes, ...world } = cutOff()
    await run(`${recover} --dry-run`, { ...world, found: { ...left, jobs: ['zzz-3'] } })
    expect(changes()).toEqual(['attach zzz-3'])
  })
})

describe('recover --discard', () => {
  test('asks, and lets go of what was noted, also where nobody can read it', async () => {
    const { changes, ...world } = cutOff({}, '{"moved":1}\n')
    const { exitCode, stdout, asked } = await run(`${recover} --discard`, { ...world, terminal: true, confirm: true })
    expect([exitCode, stdout, changes()]).toEqual([0, 'let go of: nothing was taken back\n', [forgetting]])
    expect(asked).toEqual([
      'Let go of what was noted on recorded? Nothing is taken back, and replaced files are removed',
    ])
  })

  test('that is declined leaves it', async () => {
    const { changes, ...world } = cutOff()
    const { exitCode } = await run(`${recover} --discard`, { ...world, terminal: true, confirm: false })
    expect([exitCode, changes()]).toEqual([130, []])
  })

  test('does not go with --dry-run, which would promise to change nothing', async () => {
    const { exitCode, stderr, connections } = await run(`${recover} --discard --dry-run --yes`, cutOff())
    expect([exitCode, connections]).toEqual([2, []])
    expect(stderr).toContain('leave out either --discard or --dry-run')
  })
})
