import { expect, test } from 'vitest'
import { DeployError } from '../../src/errors.js'
import { annotation, isContinuousIntegration } from '../../src/render/annotation.js'
import { run } from '../commands/fakes.js'
import { poisons } from './poison.js'

test('an error is one line that GitHub understands', () => {
  const error = new DeployError('APT_FAILED', { what: '100 % of apt\nfailed', where: 'Packages / apt', remedy: 'look' })
  expect(annotation(error)).toBe(
    '::error title=deploy-flask APT_FAILED::100 %25 of apt%0Afailed%0Awhere: Packages / apt%0Awhat to do: look\n',
  )
})

test('it stays one line, and the only command in it, whatever the host says', () => {
  for (const poison of poisons) {
    const text = annotation(new DeployError('APT_FAILED', { what: poison, where: poison, remedy: poison }))
    expect(text.match(/[\n\r]/g)).toEqual(['\n'])

    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  }
})

test.each([
  [{}, false],
  [{ CI: '' }, false],
  [{ CI: 'false' }, false],
  [{ CI: 'true' }, true],
  [{ CI: '1' }, true],
])('a CI system is known by its variable: %j', (env, known) => {
  expect(isContinuousIntegration(env)).toBe(known)
})

test('a run in CI ends with what a person reads, and with the annotation', async () => {
  const [here, there] = [await run('apply --yes'), await run('apply --yes', { env: { CI: 'true' } })]
  expect(there.exitCode).toBe(here.exitCode)
  expect(there.stderr).toBe(
    `${here.stderr}::error title=deploy-flask USAGE::what is to be applied?%0Awhat to do: name a flags file ` +
      '(apply -f deploy-flask.yml) or a saved plan (apply PLANFILE)\n',
  )
})
