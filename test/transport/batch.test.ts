import { describe, expect, test } from 'vitest'
import { DeployError } from '../../src/errors.js'
import { composeBatch, parseBatch } from '../../src/transport/batch.js'
import { bash, within } from './shell.js'

const nonce = 'n0nce'

const ask = async (questions: readonly string[], seconds?: number) => {
  const { stdout } = await bash(composeBatch(questions, nonce, seconds))
  const { text, status } = within(stdout, nonce)
  expect(status).toBe(0)
  return parseBatch(text, questions, nonce)
}

const failure = (run: () => unknown): DeployError => {
  try {
    run()
  } catch (error) {
    if (error instanceof DeployError) return error
  }
  throw new Error('it did not fail as it should')
}

describe('a batch of questions', () => {
  test('gives the answers in the order of the questions, not of their ends', async () => {
    const answers = await ask(['sleep 0.2; echo slow', 'echo quick', 'true'])
    expect(answers.map(({ stdout }) => stdout)).toEqual(['slow\n', 'quick\n', ''])
  })

  test('asks all questions at the same time', async () => {
    // Each of the two waits for the other's sign.
    const folder = (await bash('mktemp -d')).stdout.toString().trim()
    const meet = (mine: string, other: string) =>
      `touch ${folder}/${mine}; for i in {1..100}; do [ -e ${folder}/${other} ] && exit 0; sleep 0.05; done; exit 1`
    const answers = await ask([meet('a', 'b'), meet('b', 'a')])
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  })

  test('keeps exit codes, also of a question that calls exit or is no shell', async () => {
    const answers = await ask(['exit 3', 'false', '(exit 4)', 'echo "', 'if', 'echo fine'])
    expect(answers.map(({ exitCode }) => exitCode > 0)).toEqual([true, true, true, true, true, false])
    expect([answers[0]?.exitCode, answers[1]?.exitCode, answers[2]?.exitCode]).toEqual([3, 1, 4])
    expect(answers[5]?.stdout).toBe('fine\n')
  })

  test('gives each question an empty stdin, and drops what goes to stderr', async () => {
    const answers = await ask(['cat; echo end', 'echo hidden >&2; echo shown'])
    expect(answers.map(({ stdout }) => stdout)).toEqual(['end\n', 'shown\n'])
  })

  test('of no question is answered at once, and takes nothing of what the shell is sent after it', async () => {
    const { stdout } = await bash(`${composeBatch([], nonce)}echo after\n`)
    expect(within(stdout, nonce)).toEqual({ text: '', status: 0 })
    expect(stdout.toString()).toMatch(/^after$/m)
  })

  test('lets no question see or change what another one did', async () => {
    const answers = await ask(['x=1; cd /tmp; umask 0', 'echo "$x$(umask)"'])
    expect(answers[1]?.stdout).toBe('0022\n')
  })

  test('brings bytes as they are: no newline at the end, several, NUL, umlauts', async () => {
    const answers = await ask(["printf 'a\\0b\\0'", "printf 'a\\n\\n\\n'", "printf 'é😀'", "printf '\\1\\177'"])
    expect(answers.map(({ stdout }) => stdout)).toEqual(['a\0b\0', 'a\n\n\n', 'é😀', '\u0001\u007f'])
  })

  test('brings answers that are larger than a pipe holds', async () => {
    const answers = await ask(['echo small', 'head -c 300000 /dev/zero | tr "\\0" x', 'echo after'])
    expect(answers.map(({ stdout }) => stdout.length)).toEqual([6, 300000, 6])
  })

  test('can hold hundreds of questions', async () => {
    const questions = Array.from({ length: 300 }, (_, index) => `echo ${index}`)
    expect((await ask(questions)).map(({ stdout }) => stdout)).toEqual(questions.map((_, index) => `${index}\n`))
  })

  test('names the question that did not end in time, stops it, and still has the other answers', async () => {
    const pause = `sleep 61.${process.pid}`
    const questions = ['echo before', `echo part; ${pause}`, 'echo after']
    const { stdout } = await bash(composeBatch(questions, nonce, 1))
    const { text } = within(stdout, nonce)
    expect(text).toContain('before')
    expect(text).toContain('after')
    const error = failure(() => parseBatch(text, questions, nonce))
    expect(error.code).toBe('SURVEY_CUT_SHORT')
    expect(error.fault.evidence).toContain(pause)
    expect((await bash(`pgrep -fx "${pause}"`)).stdout.toString()).toBe('')
  })

  test('waits no longer for a program that a question has left behind, and leaves it alone', async () => {
    const left = `sleep 3.${process.pid}`
    const { stdout } = await bash(composeBatch([`${left} & echo gone`, 'echo after'], nonce, 1))
    const answers = parseBatch(within(stdout, nonce).text, ['', ''], nonce)
    expect(answers.map(({ stdout: text, exitCode }) => [text, exitCode])).toEqual([
      ['gone\n', 0],
      ['after\n', 0],
    ])
    expect((await bash(`pgrep -fx "${left}"`)).exitCode).toBe(0)
  })

  test('is an error where a question killed its own shell: a missing end is never an empty answer', async () => {
    const questions = ['echo one', 'kill -9 $BASHPID']
    const { stdout } = await bash(composeBatch(questions, nonce))
    const error = failure(() => parseBatch(within(stdout, nonce).text, questions, nonce))
    expect(error.code).toBe('SURVEY_CUT_SHORT')
    expect(error.fault.evidence).toContain('kill -9')
  })

  test('is not fooled by an answer that holds marks of another batch', async () => {
    const answers = await ask(['printf "\\nother-0 0\\n\\nother) 0\\n"', 'echo two'])
    expect(answers.map(({ stdout }) => stdout)).toEqual(['\nother-0 0\n\nother) 0\n', 'two\n'])
  })
})

test.each([0, 10, 27])('of answers that break off after %d characters none is made up', (length) => {
  const questions = ['a', 'b']
  const whole = `one\n${nonce}-0 0\ntwo\n${nonce}-1 0\n`
  expect(parseBatch(whole, questions, nonce)).toHaveLength(2)
  expect(failure(() => parseBatch(whole.slice(0, length), questions, nonce)).code).toBe('SURVEY_CUT_SHORT')
})
