import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { flaskSite } from '../../playbooks/flask-site.js'
import { loadPlaybook } from '../../src/commands/playbook-file.js'
import { services as real } from '../../src/commands/services.js'
import { DeployError } from '../../src/errors.js'
import { surveyHost } from '../../src/engine/survey.js'
import { refusal } from '../config/folders.js'
import { sampleSite } from '../fixtures/site.js'
import { changing, folder, run, runIn } from './fakes.js'

const example = fileURLToPath(new URL('../../examples/playbooks/log-rotation.ts', import.meta.url))

/** A playbook of these lines, which begin in line 3; `in` is a folder. */
const playbook = (text: string, files: Readonly<Record<string, string>> = {}): string => {
  const path = mkdtempSync(join(tmpdir(), 'deploy-flask-playbook-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  writeFileSync(
    join(path, 'mine.ts'),
    `import { definePlaybook, defineStep, DeployError, flaskSite } from 'deploy-flask'\nimport type { Site } from 'deploy-flask'\n${text}`,
  )
  return join(path, 'mine.ts')
}

/** Around steps that are written between the brackets. */
const withSteps = (steps: string): string => `export default definePlaybook<Site>({
  name: 'mine', summary: 'mine',
  phases: () => [{ title: 'Mine', steps: [${steps}] }],
})
`

describe('the example', () => {
  test('is the usual site with one phase more', async () => {
    const { name, summary, phases } = await loadPlaybook(example)
    expect({ name, summary }).toEqual({
      name: 'log-rotation',
      summary: 'The usual site, whose logs are rotated every week',
    })
    const titles = flaskSite.phases(sampleSite()).map(({ title }) => title)
    expect(phases(sampleSite()).map(({ title }) => title)).toEqual([...titles, 'Logs'])
  })

  test('plans the file where it is missing, nothing where it is there, and refuses one of somebody else', async () => {
    const step = (await loadPlaybook(example)).phases(sampleSite()).at(-1)?.steps[0]
    const change = step?.plan({ file: null })
    expect(change).toMatchObject([
      { kind: 'create', subject: 'file /etc/logrotate.d/notes', run: [{ as: 'root' }], undo: [{ as: 'root' }] },
    ])
    const content = Array.isArray(change) ? (change[0] as { diff: { after: string } }).diff.after : ''
    expect(content).toContain('/srv/notes/data/*.log {\n    weekly\n')
    const there = { kind: 'file', owner: 'root', group: 'root', mode: '0644', links: 1, size: 1, content }
    expect(step?.plan({ file: there })).toEqual([])
    expect(step?.plan({ file: { ...there, content: `${content}\n` } })).toMatchObject([{ kind: 'update' }])
    expect(step?.refuse?.({ file: there })).toEqual([])
    expect(step?.refuse?.({ file: { ...there, content: 'theirs' } })).toEqual([
      expect.objectContaining({ code: 'FOREIGN_FILE' }),
    ])
  })

  test('is type-checked as strictly as the sources', { timeout: 60_000 }, () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object }
    }
    const paths = { 'deploy-flask': [join(root, 'src/index.ts')] }
    const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noEmit: true, paths }, root)
    const messages = ts
      .getPreEmitDiagnostics(ts.createProgram([example], options))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    expect(messages).toEqual([])
  })
})

describe('what a playbook imports from deploy-flask', () => {
  test('is this very program: its errors are ours', async () => {
    const { phases } = await loadPlaybook(
      playbook(
        withSteps(`defineStep({ id: 'my.step', title: 'x', probes: {}, plan: () => [],
        refuse: () => [new DeployError('HOST_UNFIT', { what: 'no', remedy: 'none' })] })`),
      ),
    )
    const [error] = phases(sampleSite())[0]?.steps[0]?.refuse?.({}) ?? []
    expect(error).toBeInstanceOf(DeployError)
  })

  test('and files beside it are loaded, and count for its hash', async () => {
    const text = `import { title } from './title.js'\n${withSteps("defineStep({ id: 'my.step', title, probes: {}, plan: () => [] })")}`
    const load = (title: string) =>
      loadPlaybook(playbook(text, { 'title.ts': `export const title: string = '${title}'` }))
    const [one, same, other] = [await load('a'), await load('a'), await load('b')]
    expect(one.phases(sampleSite())[0]?.steps[0]?.title).toBe('a')
    expect(same.hash).toBe(one.hash)
    expect(other.hash).not.toBe(one.hash)
  })

  test('is read anew when it is loaded again', async () => {
    const file = playbook(withSteps(''))
    const { hash } = await loadPlaybook(file)
    writeFileSync(file, `export default { name: 'other', summary: 'x', phases: () => [] }\n`)
    const again = await loadPlaybook(file)
    expect(again.name).toBe('other')
    expect(again.hash).not.toBe(hash)
  })
})

describe('an error points at the line of the playbook', () => {
  /** `LINE:COLUMN` of the place, and the excerpt under it. */
  const failure = async (file: string, work: () => unknown = () => loadPlaybook(file)) => {
    const error = await refusal(() => work())
    expect(error.fault.where?.startsWith(`${file}:`)).toBe(true)
    const [first, ...lines] = (error.fault.evidence ?? '').split('\n')
    expect(first?.startsWith(`${error.fault.where}: `)).toBe(true)
    return { code: error.code, what: error.fault.what, place: error.fault.where?.slice(file.length + 1), lines }
  }

  test('when it is loaded', async () => {
    const file = playbook(`interface A { readonly a: string }

const value: A = { a:   'x' }
value.a.missing.thing()
export default value
`)
    expect(await failure(file)).toEqual({
      code: 'PLAYBOOK_FAILED',
      what: "the playbook threw an error: Cannot read properties of undefined (reading 'thing')",
      place: '6:17',
      lines: ['6 | value.a.missing.thing()', '  |                 ^'],
    })
  })

  test('when it makes its phases', async () => {
    const file = playbook(`export default definePlaybook<Site>({
  name: 'mine', summary: 'mine',
  phases(site) {
    const   folder:   string   = site.root
    throw   new   Error(\`not in \${folder}\`)
  },
})
`)
    const { phases } = await loadPlaybook(file)
    expect(await failure(file, () => phases(sampleSite()))).toEqual({
      code: 'PLAYBOOK_FAILED',
      what: 'the playbook threw an error: not in /srv/notes',
      place: '7:13',
      lines: ['7 |     throw   new   Error(`not in ${folder}`)', '  |             ^'],
    })
  })

  const broken = `defineStep({
    id: 'my.step', title: 'x',
    probes: { here: { ask: { sh: 'echo 1' }, as: 'login', parse: (answer) => answer.stdout } },
    plan: ({ here }) =>   (here as unknown as { no: { such: string } }).no.such === '' ? [] : [],
  })`

  test('when its steps are planned, on a host', async () => {
    const file = playbook(withSteps(broken))
    const { phases } = await loadPlaybook(file)
    const transport = {
      target: 'x',
      counts: { connections: 1, batches: 0, commands: 0 },
      ask: (questions: readonly unknown[]) =>
        Promise.resolve(questions.map(() => ({ stdout: '1\n', stderr: '', exitCode: 0 }))),
      attach: () => Promise.reject(new Error('nothing is attached to')),
      reconnect: () => Promise.reject(new Error('no line is lost')),
      run: () => Promise.reject(new Error('nothing is run')),
      close: () => Promise.resolve(),
    }
    expect(await failure(file, () => surveyHost(transport, phases(sampleSite())))).toMatchObject({
      code: 'PLAYBOOK_FAILED',
      place: '8:76',
    })
  })

  test('when its syntax is wrong', async () => {
    const file = playbook('export default {\n  name: "x"\n  summary: "y",\n}\n')
    expect(await failure(file)).toEqual({
      code: 'PLAYBOOK_INVALID',
      what: 'the playbook cannot be read',
      place: '5:3',
      lines: ['5 |   summary: "y",', '  |   ^'],
    })
  })

  test('when it imports what is not there', async () => {
    const file = playbook(`import { x } from './nowhere.js'\nimport y from 'no-such-package'\nexport default [x, y]\n`)
    expect(await failure(file)).toMatchObject({
      code: 'PLAYBOOK_INVALID',
      what: 'the playbook imports ./nowhere.js, which is not there',
      place: '3:19',
    })
  })

  test('but an error of ours is none of the playbook', async () => {
    const { phases } = await loadPlaybook(
      playbook(
        'export default definePlaybook<Site>({ name: "x", summary: "x", phases: (site) => flaskSite.phases(site) })\n',
      ),
    )
    const step = phases(sampleSite())
      .flatMap((phase) => phase.steps)
      .find(({ id }) => id === 'apt.packages')
    expect(() => step?.plan(null as unknown as Record<string, never>)).toThrow(TypeError)
  })
})

describe('what is no playbook', () => {
  test.each([
    ['export const x = 1', 'the playbook has no default export', undefined],
    [
      'export default 1',
      'the playbook is not what definePlaybook makes',
      'it: Invalid input: expected object, received number',
    ],
    [
      'export default { name: "x", phases: 1 }',
      'the playbook is not what definePlaybook makes',
      'summary: Invalid input: expected string, received undefined\nphases: must be a function',
    ],
  ])('%s is refused', async (text, what, evidence) => {
    const error = await refusal(() => loadPlaybook(playbook(text)))
    expect(error).toMatchObject({ code: 'PLAYBOOK_INVALID', exitCode: 2, fault: { what } })
    expect(error.fault.evidence).toBe(evidence)
  })

  test.each([
    ['async () => []', 'it: must be a list of phases: phases() cannot be async'],
    ['() => [{ title: "x" }]', '[0].steps: '],
    [
      '() => [{ title: "x", steps: [{ id: "x", title: "x", probes: {}, plan: () => [] }] }]',
      '[0].steps[0].id: must be WORLD.NAME',
    ],
    ['() => [{ title: "x", steps: [{ id: "a.b", title: "x", probes: {} }] }]', '[0].steps[0].plan: must be a function'],
  ])('nor are phases that are made by %s', async (phases, evidence) => {
    const own = await loadPlaybook(playbook(`export default { name: "x", summary: "x", phases: ${phases} }`))
    const error = await refusal(() => own.phases(sampleSite()))
    expect(error).toMatchObject({
      code: 'PLAYBOOK_INVALID',
      fault: { what: 'the playbook makes something else than phases' },
    })
    expect(error.fault.evidence).toContain(evidence)
  })

  test('nor are two steps with one id', async () => {
    const step = "defineStep({ id: 'my.step', title: 'x', probes: {}, plan: () => [] })"
    const own = await loadPlaybook(playbook(withSteps(`${step}, ${step}`)))
    const error = await refusal(() => own.phases(sampleSite()))
    expect(error).toMatchObject({
      code: 'PLAYBOOK_INVALID',
      fault: { what: 'the playbook has two steps with the id my.step' },
    })
  })

  test('nor is a file that is not there, or a folder', async () => {
    for (const [file, what] of [
      ['/nowhere/mine.ts', 'there is no such playbook'],
      ['/tmp', 'the playbook cannot be read (EISDIR)'],
    ]) {
      const error = await refusal(() => loadPlaybook(file ?? ''))
      expect(error).toMatchObject({ code: 'PLAYBOOK_UNREADABLE', exitCode: 2, fault: { where: file, what } })
    }
  })
})

describe('--playbook', () => {
  const services = { loadPlaybook: (file: string) => real.loadPlaybook(file) }
  const text = withSteps("defineStep({ id: 'my.step', title: 'x', probes: {}, plan: () => [] })")

  test('makes the phases of plan and apply', async () => {
    const file = playbook(text)
    const survey = changing
    const titles: string[][] = []
    const watching = {
      ...services,
      survey: (_: unknown, phases: readonly { title: string }[]) => {
        titles.push(phases.map(({ title }) => title))
        return Promise.resolve(survey)
      },
    }
    expect((await run(`plan -f deploy-flask.yml --playbook ${file}`, { services: watching })).exitCode).toBe(0)
    expect((await run(`apply -f deploy-flask.yml --yes --playbook ${file}`, { services: watching })).exitCode).toBe(0)
    expect(titles).toEqual([['Mine'], ['Mine']])
  })

  test('is looked at before anybody connects', async () => {
    const file = playbook('export default 1')
    const { exitCode, stderr, connections } = await run(`plan -f deploy-flask.yml --playbook ${file}`, { services })
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] })
    expect(stderr).toContain('error PLAYBOOK_INVALID: ')
  })

  test('is remembered by a saved plan, which is stale when it has changed', async () => {
    const cwd = folder()
    const file = playbook(text)
    expect((await runIn(cwd, `plan -f deploy-flask.yml --playbook ${file} --out x.plan`, { services })).exitCode).toBe(
      0,
    )
    const applied = await runIn(cwd, 'apply x.plan', { services })
    expect(applied.exitCode).toBe(0)
    expect(applied.applied[0]?.phases.map(({ title }) => title)).toEqual(['Mine'])
    writeFileSync(file, `${text.replace('Mine', 'Other')}`)
    writeFileSync(
      file,
      `import { definePlaybook, defineStep } from 'deploy-flask'\nimport type { Site } from 'deploy-flask'\n${text}// changed\n`,
    )
    const stale = await runIn(cwd, 'apply x.plan', { services })
    expect(stale).toMatchObject({ exitCode: 2, connections: [] })
    expect(stale.stderr).toContain(
      'error APPLY_PLAN_STALE: since this plan was made, the playbook changed; nothing was done',
    )
  })

  test('does not go together with a saved plan', async () => {
    const { exitCode, stderr } = await run('apply x.plan --playbook mine.ts', { services })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error USAGE: a plan file names its playbook itself')
  })
})

test('playbooks lists those that come with the program, with their files', async () => {
  const { exitCode, stdout, stderr } = await run('playbooks')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain(
    `flask-site (by default)\n    ${flaskSite.summary}\n    ${fileURLToPath(new URL('../../playbooks/flask-site.ts', import.meta.url))}\n`,
  )
  expect(stdout).toContain(`log-rotation\n    The usual site, whose logs are rotated every week\n    ${example}\n`)
})
