import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fact, facts } from '../../src/probes/facts.js'
import { factsScript } from '../../src/probes/facts-script.js'
import { answerHere } from './local.js'

const unreadable = expect.objectContaining({ code: 'ANSWER_UNREADABLE' }) as Error
const said = (stdout: string, exitCode = 0) => ({ stdout, stderr: '', exitCode })
const number = fact('number', [], z.number())

describe('the answer of the facts script', () => {
  it('is taken apart, an answer an item', () => {
    expect(
      facts.split(said('[{"ok": null}, {"ok": {"a": [1]}}, {"error": "OSError: no"}]\n'), ['a', 'b', 'c']),
    ).toEqual([
      { stdout: 'null', stderr: '', exitCode: 0 },
      { stdout: '{"a":[1]}', stderr: '', exitCode: 0 },
      { stdout: '', stderr: 'OSError: no', exitCode: 1 },
    ])
  })

  it.each([
    ['is no JSON', 'Segmentation fault'],
    ['is empty', ''],
    ['is cut off', '[{"ok": 1}, {"o'],
    ['is no list', '{"ok": 1}'],
    ['has an item too few', '[]'],
    ['has an item too many', '[{"ok": 1}, {"ok": 2}]'],
    ['holds something else', '[{"fine": 1}]'],
  ])('is refused when it %s', (_why, text) => {
    expect(() => facts.split(said(text), ['a'])).toThrow(unreadable)
  })

  it('is refused when python3 failed, whatever it printed', () => {
    expect(() => facts.split(said('[{"ok": 1}]', 1), ['a'])).toThrow(unreadable)
  })

  it('of a host without python3 is told as that', () => {
    expect(() => facts.split(said('', 127), ['a'])).toThrow(expect.objectContaining({ exitCode: 2 }) as Error)
  })
})

describe('a single fact', () => {
  it('has the form that was asked for', () => {
    expect(number.parse(said('4'))).toBe(4)
    expect(() => number.parse(said('"4"'))).toThrow(unreadable)
  })

  it('that could not be found out is an error with its name, not an absence', () => {
    expect(() => number.parse({ stdout: '', stderr: 'PermissionError: no', exitCode: 1 })).toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({ evidence: 'number([]): PermissionError: no' }) as unknown,
      }) as Error,
    )
  })
})

describe('the facts script', () => {
  it('holds no single quote, for it stands between two of them', () => {
    expect(factsScript).not.toContain("'")
  })

  it('answers every item, also when one of them fails', () => {
    const items = ['["look",["/nowhere"]]', '["nonsense",[]]', '["group",["root"]]']
    const answers = facts.split(answerHere(facts.sh(items)), items)
    expect(answers.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual([
      ['null', 0],
      ['', 1],
      ['{"gid":0}', 0],
    ])
    expect(answers[1]?.stderr).toBe("KeyError: 'nonsense'")
  })

  it('is given any path, whatever it holds', () => {
    const items = [`it's a $HOME "path" \\ 100%`, 'grüße\nnew line', '日本'].map((path) =>
      JSON.stringify(['look', [`/nowhere/${path}`]]),
    )
    expect(facts.split(answerHere(facts.sh(items)), items).map(({ stdout }) => stdout)).toEqual([
      'null',
      'null',
      'null',
    ])
  })
})
