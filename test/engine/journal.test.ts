import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { root, type InputlessCommand } from '../../src/core/command.js'
import { Secret } from '../../src/core/secret.js'
import { actedLine, begunLine, begunOf, parseJournal, runLine } from '../../src/engine/journal.js'

const ann = { who: 'ann@laptop', from: '10.0.3.1', since: '2026-11-30T01:00:00Z', command: 'apply', site: 'notes' }

const word = fc.string({ unit: 'grapheme', maxLength: 40 })

const command: fc.Arbitrary<InputlessCommand> = fc
  .record(
    {
      argv: fc.tuple(word, fc.array(word, { maxLength: 4 })).map(([first, rest]) => [first, ...rest] as const),
      as: fc.constantFrom('root', 'login'),
      label: word,
      seconds: fc.integer({ min: 1, max: 7200 }),
      lasting: fc.boolean(),
    },
    { requiredKeys: ['argv', 'as'] },
  )
  .map(({ argv: [first, ...rest], ...more }) => ({ argv: [first, ...rest], ...more }))

const undoOf = (content: string) => parseJournal(content).begun.flatMap(({ undo }) => undo)

describe('a line of the journal', () => {
  test('gives back what was written, whatever its words are', () => {
    fc.assert(
      fc.property(word, fc.array(command, { maxLength: 3 }), fc.boolean(), (subject, undo, inert) => {
        const entry = begunOf('Phase', 'thing.wall', { kind: 'create', subject, run: [root('make')], undo, inert })
        const written = begunLine(entry)
        expect(written.indexOf('\n')).toBe(written.length - 1)
        expect(parseJournal(written)).toEqual({ run: undefined, begun: [entry], acted: undefined })
        expect(undoOf(written)).toEqual(undo)
      }),
    )
  })

  test('of a service gives back what makes it take over what was restored, and how that is proven', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 3 }), command, word, (restore, proof, title) => {
        const about = { phase: 'Apache', step: 'apache.reload', subject: 'Reload Apache' } as const
        const proofs = [{ title, command: proof }]
        const { acted } = parseJournal(actedLine(about, restore, proofs))
        expect(acted).toEqual({ ...about, restore, proofs })
      }),
    )
  })

  test('holds nothing that only shows how far a command is', () => {
    const progress = { stream: 'stdout', open: () => () => undefined } as const
    const undo = [{ ...root('unmake'), progress }]
    const entry = begunOf('Phase', 'thing.wall', { kind: 'create', subject: 'wall', run: [], undo })
    expect(undoOf(begunLine(entry))).toEqual([root('unmake')])
  })

  test('cannot be made of a command that reads something: a secret never comes into it', () => {
    const careless = { ...root('unmake'), stdin: new Secret('hunter2') }
    const undo = [careless as unknown as InputlessCommand]
    const change = { kind: 'create', subject: 'wall', run: [], undo } as const
    expect(() => begunOf('Phase', 'thing.wall', change)).toThrow(
      expect.objectContaining({
        code: 'PLAYBOOK_INVALID',
        message: expect.not.stringContaining('hunter2') as unknown,
      }),
    )
    const about = { phase: 'Apache', step: 'apache.reload', subject: 'Reload Apache' } as const
    expect(() => actedLine(about, undo, [])).toThrow('must not read stdin: unmake')
  })
})

describe('a journal', () => {
  const begun = (subject: string) =>
    begunLine(begunOf('Phase', 'thing.wall', { kind: 'create', subject, run: [], undo: [root('unmake', subject)] }))
  const reload = (subject: string) => actedLine({ phase: 'P', step: 'apache.reload', subject }, [], [])

  test('tells whose run it was, what was begun in its order, and how the service acted last', () => {
    const {
      run,
      begun: all,
      acted,
    } = parseJournal([runLine(ann), begun('a'), reload('first'), begun('b'), reload('second')].join(''))
    expect(run).toEqual(ann)
    expect(all.map(({ subject }) => subject)).toEqual(['a', 'b'])
    expect(acted?.subject).toBe('second')
  })

  test('that is cut anywhere holds every whole line before the cut', () => {
    const lines = [runLine(ann), begun('a'), begun('日本'), begun('c')]
    const whole = Buffer.from(lines.join(''))
    for (let at = 0; at <= whole.length; at++) {
      const cut = whole.subarray(0, at).toString()
      const complete = cut.split('\n').length - 1
      expect(parseJournal(cut).begun, String(at)).toHaveLength(Math.max(0, complete - 1))
    }
  })

  test('with a line that nobody knows is told, and nothing is guessed', () => {
    for (const strange of ['{"moved":1}\n', '\n', '{}\n', '\0\0\n', '{"begun":{"undo":[{"argv":[],"as":"root"}]}}\n']) {
      expect(() => parseJournal(begun('a') + strange), strange).toThrow(
        expect.objectContaining({
          code: 'UNDO_INCOMPLETE',
          exitCode: 5,
          fault: expect.objectContaining({
            where: '/var/lib/deploy-flask/undo/journal',
            remedy: expect.stringContaining('recover --discard') as unknown,
          }) as unknown,
        }),
      )
    }
  })

  test('of many megabytes shows only the beginning of a line that it does not know', () => {
    try {
      parseJournal(`${'x'.repeat(5_000_000)}\n`)
      expect.unreachable()
    } catch (error) {
      expect(JSON.stringify(error).length).toBeLessThan(5_000)
    }
  })
})
