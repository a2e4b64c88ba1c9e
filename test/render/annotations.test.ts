import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeJson } from '../../src/core/sanitise.js'
import type { Plan } from '../../src/core/plan.js'
import { DeployError } from '../../src/errors.js'
import { annotationsFor, withoutCommands } from '../../src/render/annotations.js'
import type { Io } from '../../src/render/out.js'
import { changing, run } from '../commands/fakes.js'

const github = { CI: 'true' }

/** What is written to stderr of a process with this environment in /build/repo/app. */
const written = (
  env: Record<string, string>,
  work: (annotations: ReturnType<typeof annotationsFor>) => void,
): string => {
  let text = ''
  const output = { isTTY: false, write: (more: string) => void (text += more) }
  const io: Io = {
    stdout: output,
    stderr: output,
    interactive: false,
    env,
    cwd: '/build/repo/app',
    now: () => new Date(0),
  }
  work(annotationsFor(io))
  return text
}

/** As the runner reads its log (actions/runner, ActionCommand): lines by any line end, blanks in front left aside. */
const commandsIn = (log: string): readonly string[] =>
  log.split(/\r\n|[\r\n]/).filter((line) => /^[\s\u0085]*::/.test(line) || line.includes('##['))

const error = (code: 'CONFIG_INVALID' | 'PIP_FAILED', evidence: string): DeployError =>
  new DeployError(code, { what: 'it failed: 100%', where: 'here', evidence, remedy: 'repair it,\nthen go on' })

describe('annotations', () => {
  test('of a list of mistakes stand at their places, one each', () => {
    const evidence = 'deploy-flask.yml:3:7: site: must be 100% lower case\n../a, b:c.yml:12: code: x'
    expect(written(github, ({ errors }) => errors([error('CONFIG_INVALID', evidence)]))).toBe(
      '::error file=deploy-flask.yml,line=3,col=7,title=CONFIG_INVALID::site: must be 100%25 lower case\n' +
        '::error file=../a%2C b%3Ac.yml,line=12,title=CONFIG_INVALID::code: x\n',
    )
  })

  test('name files as the repository does', () => {
    const env = { ...github, GITHUB_WORKSPACE: '/build/repo' }
    const evidence = 'f.yml:1:2: x\n/build/repo/g.yml:1:2: x\n/etc/h.yml:1:2: x'
    const text = written(env, ({ errors }) => errors([error('CONFIG_INVALID', evidence)]))
    expect([...text.matchAll(/file=([^,]*)/g)].map(([, file]) => file)).toEqual(['app/f.yml', 'g.yml', '/etc/h.yml'])
  })

  test('of other errors say what, where and what to do, in one line', () => {
    expect(written(github, ({ errors }) => errors([error('PIP_FAILED', 'x.yml:1:1: said by the host')]))).toBe(
      '::error title=PIP_FAILED::it failed: 100%25%0Awhere: here%0Awhat to do: repair it,%0Athen go on\n',
    )
  })

  test('of warnings have their place, too', () => {
    expect(written(github, ({ warning }) => warning('f.yml:3:1: sqlite: is locked'))).toBe(
      '::warning file=f.yml,line=3,col=1::sqlite: is locked\n',
    )
    expect(written(github, ({ warning }) => warning('f.yml can be written by others'))).toBe(
      '::warning::f.yml can be written by others\n',
    )
  })

  test.each([{}, { CI: '' }, { CI: 'false' }, { CI: '0' }])('are not for %o', (env: Record<string, string>) => {
    const text = written(env, ({ errors, warning }) => {
      errors([error('PIP_FAILED', '')])
      warning('x')
    })
    expect(text).toBe('')
  })

  test('are one line each, whatever their parts hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (what, remedy) => {
        const text = written(github, ({ errors }) => errors([new DeployError('PIP_FAILED', { what, remedy })]))
        expect(text).toMatch(/^::error title=PIP_FAILED::[^\r\n\u001b]*\n$/)
      }),
    )
  })
})

describe('text on GitHub Actions', () => {
  const guarded = (...pieces: readonly string[]): string => {
    let text = ''
    const output = withoutCommands({ isTTY: false, write: (more) => void (text += more) })
    for (const piece of pieces) output.write(piece)
    return text
  }

  test.each([
    ['::error::x\n', ': :error::x\n'],
    ['a\n  ::set-env name=A::b\n', 'a\n  : :set-env name=A::b\n'],
    ['a\r::stop-commands::x\n', 'a\r: :stop-commands::x\n'],
    [':::error::x\n', ': ::error::x\n'],
    ['a ##[error]b\n', 'a ## [error]b\n'],
    ['a :: b ##b\n', 'a :: b ##b\n'],
  ])('%j is shown as %j', (text, shown) => expect(guarded(text)).toBe(shown))

  const part = fc.constantFrom(
    '::',
    ':',
    '##[',
    '#',
    '[',
    ' ',
    '\t',
    '\u0085',
    '\u00a0',
    '\n',
    '\r',
    'error',
    '::error::x',
    'x',
  )

  test('is never a workflow command, in whatever pieces it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.array(part).map((parts) => parts.join(''))), (pieces) => {
        const text = guarded(...pieces)
        expect(commandsIn(text)).toEqual([])
        // and nothing but blanks has been added
        expect(text.replaceAll(' ', '')).toBe(pieces.join('').replaceAll(' ', ''))
      }),
      { numRuns: 2000 },
    )
  })

  test('is left as it is where nobody would obey it', async () => {
    const warnings = ['f.yml:1:1: a ##[error]b']
    expect((await run('plan -f deploy-flask.yml', { warnings })).stderr).toContain('##[error]b')
  })

  test('JSON stays the value that it was', () => {
    const value = { a: '##[error]x', b: '::error::x', c: '##' }
    const text = safeJson(value, 2)
    expect(JSON.parse(text)).toEqual(value)
    expect(commandsIn(text)).toEqual([])
  })
})

/** Text as a host may send it, in every place that a command shows. */
const hostile = '::error::pwned\n::add-mask::x\r::stop-commands::y\n  ::set-output name=a::b\n##[group]c'

describe('no text of a host is a workflow command', () => {
  const ours = /^::(error|warning) (file|title)=/

  const planned: Plan = {
    phases: [
      {
        title: hostile,
        steps: [
          {
            id: 'apache.vhost',
            title: hostile,
            state: 'change',
            changes: [
              {
                kind: 'update',
                subject: hostile,
                reason: hostile,
                diff: { before: hostile, after: `${hostile}\nx` },
                run: [{ argv: ['echo', hostile], as: 'root' }],
              },
            ],
          },
        ],
        handlers: [],
      },
    ],
  }
  const failed = new DeployError('STEP_FAILED', { what: hostile, where: hostile, evidence: hostile, remedy: hostile })

  test.each(['plan -f deploy-flask.yml', 'plan -f deploy-flask.yml --verbose', 'plan -f deploy-flask.yml --json'])(
    '%s',
    async (line) => {
      const survey = { ...changing, plan: planned }
      const { exitCode, stdout, stderr } = await run(line, { survey, env: github, warnings: [hostile] })
      expect(exitCode).toBe(0)
      expect(stdout).toContain('pwned')
      expect(commandsIn(stdout)).toEqual([])
      expect(commandsIn(stderr).filter((one) => !ours.test(one))).toEqual([
        expect.stringMatching(/^::warning::::error::pwned/) as unknown,
      ])
    },
  )

  test.each([
    'apply -f deploy-flask.yml --yes',
    'apply -f deploy-flask.yml --yes --verbose',
    'apply -f deploy-flask.yml --yes --json',
  ])('%s', async (line) => {
    const { exitCode, stdout, stderr } = await run(line, {
      survey: { ...changing, plan: planned },
      env: github,
      during: ({ emit }) => {
        emit({ type: 'step.start', phase: hostile, step: 'a.b', title: hostile })
        for (const text of [hostile, '::', 'error::in pieces\n', '\n\n  ', '::error::x\n']) {
          emit({ type: 'step.output', step: 'a.b', text })
        }
        emit({ type: 'step.failed', step: 'a.b', title: hostile, error: failed, milliseconds: 1 })
        throw failed
      },
    })
    expect(exitCode).toBe(1)
    expect(commandsIn(stdout)).toEqual([])
    const commands = commandsIn(stderr)
    expect(commands.filter((one) => !ours.test(one))).toEqual([])
    expect(commands).toEqual([expect.stringMatching(/^::error title=STEP_FAILED::/) as unknown])
  })
})
