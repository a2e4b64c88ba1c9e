import { expect, test } from 'vitest'
import { DeployError, exitCodes, type ErrorCode } from '../../src/errors.js'
import { colours, plainText } from '../../src/render/colour.js'
import { errorText } from '../../src/render/error.js'

const pip = new DeployError('PIP_FAILED', {
  what: 'pip could not install flask==9',
  where: 'phase Python, step python.requirements',
  evidence: 'Collecting flask==9\n\u001b[31mNo matching distribution\u001b[0m\n',
  remedy: 'correct the requirement,\nthen run the command again',
})

test('an error has four blocks: what, where, evidence, what to do', () => {
  expect(errorText(pip, plainText)).toBe(`error PIP_FAILED: pip could not install flask==9
where: phase Python, step python.requirements
evidence:
    Collecting flask==9
    No matching distribution
what to do: correct the requirement,
    then run the command again
`)
})

test('colour changes how it looks, not what it says', () => {
  const text = errorText(pip, colours(true))
  expect(text).toContain('\u001b[31merror PIP_FAILED:\u001b[39m pip could not install flask==9\n')
  expect(text).toContain('\u001b[1mwhat to do:\u001b[22m correct the requirement,\n')
})

test('only the last twenty lines of the evidence are shown', () => {
  const evidence = Array.from({ length: 25 }, (_, index) => `line ${index}`).join('\n')
  const text = errorText(new DeployError('APT_FAILED', { what: 'x', evidence, remedy: 'y' }), plainText)
  expect(text).toContain('evidence:\n    (5 earlier lines left out)\n    line 5\n')
  expect(text).toContain('    line 24\nwhat to do: y\n')
})

test.each(['CONFIG_INVALID', 'YAML_INVALID', 'SECRET_MISSING', 'REQUIREMENTS_INVALID'] as const)(
  'all mistakes of %s are shown, however many there are',
  (code) => {
    const evidence = Array.from({ length: 25 }, (_, index) => `deploy-flask.yml:${index}:1: wrong`).join('\n')
    const text = errorText(new DeployError(code, { what: 'x', evidence, remedy: 'y' }), plainText)
    expect(text.match(/wrong/g)).toHaveLength(25)
  },
)

test('blocks that nothing is known about are left out', () => {
  const error = new DeployError('USAGE', { what: 'which file?', evidence: ' \n', remedy: 'name it' })
  expect(errorText(error, plainText)).toBe('error USAGE: which file?\nwhat to do: name it\n')
})

test('the command that explains the code comes last, where it is wanted and tells something new', () => {
  const text = errorText(pip, colours(true), { more: true })
  expect(text.split('\n').at(-2)).toBe('\u001b[2mmore: deploy-flask explain PIP_FAILED\u001b[22m')
  const usage = new DeployError('USAGE', { what: 'which file?', remedy: 'name it' })
  expect(errorText(usage, plainText, { more: true })).not.toContain('more:')
})

const oneOfEach: [number, ErrorCode][] = [
  ...new Map(Object.entries(exitCodes).map(([code, exitCode]) => [exitCode, code as ErrorCode])),
]

test.each(oneOfEach)('exit code %i: %s is shown with its code and its remedy', (exitCode, code) => {
  const error = new DeployError(code, { what: 'this happened', remedy: 'do that' })
  expect(error.exitCode).toBe(exitCode)
  expect(errorText(error, plainText)).toBe(`error ${code}: this happened\nwhat to do: do that\n`)
})
