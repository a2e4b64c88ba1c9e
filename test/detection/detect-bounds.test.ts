import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectProject } from '../../src/detection/detect.js'
import { folderWith, makeFifo, temporaryFolder } from '../config/folders.js'
import { examples } from '../helpers/flags.js'

const values = <T>(findings: readonly { readonly value: T }[]): readonly T[] => findings.map(({ value }) => value)
const app = 'from flask import Flask\napp = Flask(__name__)\n'

describe('the examples of this repository', () => {
  it('notes is found with everything that examples/notes.yml says by hand', async () => {
    const { root, folder, because, ...project } = { because: '', ...(await detectProject(join(examples, 'notes'))) }
    expect([relative(examples, root), relative(examples, folder), because]).toEqual(['notes', 'notes', ''])
    expect({ ...project, static: values(project.static), sqlite: values(project.sqlite) }).toEqual({
      name: 'notes',
      framework: 'flask',
      folders: [{ value: '.', where: 'notes/__init__.py:16', because: 'def create_app():' }],
      wsgi: [{ value: 'notes:create_app()', where: 'notes/__init__.py:16', because: 'def create_app():' }],
      requirements: [
        {
          value: 'requirements.txt',
          where: 'requirements.txt:2',
          because: 'Flask==2.0.3, Werkzeug==2.0.3, Jinja2==3.0.3 and 7 more',
        },
      ],
      python: [],
      static: [{ url: '/static/', folder: 'notes/static' }],
      sqlite: ['notes.db'],
      settings: [
        {
          value: { name: 'SECRET_KEY', required: true, secret: true },
          where: 'notes/__init__.py:18',
          because: "secret_key = os.environ.get('SECRET_KEY')",
        },
        {
          value: {
            name: 'NOTES_DATABASE',
            required: false,
            secret: false,
            sqlite: { file: 'notes.db', form: 'path' },
          },
          where: 'notes/__init__.py:27',
          because: "DATABASE=os.environ.get('NOTES_DATABASE') or os.path.join(app.instance_path, 'no...",
        },
        {
          value: { name: 'NOTES_TITLE', required: false, default: 'Notes', secret: false },
          where: 'notes/__init__.py:28',
          because: "TITLE=os.environ.get('NOTES_TITLE') or 'Notes',",
        },
      ],
      init: [{ value: 'flask init-db', where: 'notes/database.py:62', because: 'app.cli.add_command(init_db)' }],
      notes: [],
    })
  })

  it('hello is found', async () => {
    const project = await detectProject(join(examples, 'hello'))
    expect(values(project.wsgi)).toEqual(['hello:app'])
    expect(values(project.requirements)).toEqual(['requirements.txt'])
    expect(project.notes).toEqual([])
  })
})

describe('what a person chooses', () => {
  it('of several folders decides about everything that is found in it', async () => {
    const folder = folderWith({ 'a/app.py': app, 'b/app.py': `import os\n${app}os.environ['B']\n` })
    expect((await detectProject(folder)).settings).toEqual([])
    const project = await detectProject(folder, { code: 'b' })
    expect(relative(folder, project.folder)).toBe('b')
    expect(values(project.settings)).toEqual([{ name: 'B', required: true, secret: false }])
  })

  it('of several applications decides about its settings', async () => {
    const folder = folderWith({ 'a.py': app, 'b.py': `import os\n${app}os.environ['B']\n` })
    expect((await detectProject(folder)).settings).toEqual([])
    const project = await detectProject(folder, { wsgi: 'b:app' })
    expect(values(project.settings)).toEqual([{ name: 'B', required: true, secret: false }])
  })
})

describe('the bounds', () => {
  it('more than 2000 Python files are not looked at, and that is said', async () => {
    const folder = folderWith({ 'a.py': app })
    for (let index = 0; index < 2100; index++) writeFileSync(join(folder, `m${index}.py`), 'x = 1\n')
    const project = await detectProject(folder)
    expect(values(project.wsgi)).toEqual(['a:app'])
    expect(values(project.notes)).toContain('only 2000 of 2101 Python files were looked at')
  })

  it('more than 20000 files are not listed, and that is said', async () => {
    const folder = folderWith({ 'a.py': app })
    mkdirSync(join(folder, 'many'))
    for (let index = 0; index < 20_001; index++) writeFileSync(join(folder, 'many', `${index}`), '')
    const project = await detectProject(folder)
    expect(values(project.wsgi)).toEqual(['a:app'])
    expect(values(project.notes)).toContain('more than 20000 files: the rest was not looked at')
  })

  it('a FIFO keeps nobody waiting', async () => {
    const folder = folderWith({ 'a.py': app })
    for (const name of ['b.py', 'requirements.txt', '.env', 'pyproject.toml', '.deployignore'])
      makeFifo(join(folder, name))
    expect(values((await detectProject(folder)).wsgi)).toEqual(['a:app'])
  })

  it('a folder that is not there is an empty one', async () => {
    const project = await detectProject(join(temporaryFolder(), 'missing'))
    expect(project.name).toBe('missing')
    expect(values(project.notes)).toEqual(['a folder cannot be read: check its permissions'])
  })

  it('a folder whose name is none for a site', async () => {
    const folder = join(temporaryFolder(), '日本')
    mkdirSync(folder)
    writeFileSync(join(folder, 'app.py'), app)
    expect((await detectProject(folder)).name).toBe('app')
  })
})

describe('whatever the source holds', () => {
  const source = readFileSync(join(examples, 'notes/notes/__init__.py'), 'utf8')
  const pieces = source.split(/(?<=[\s().,'=])/)

  it('nothing is thrown, and nothing that is shown holds a control character', async () => {
    const cut = fc.subarray(pieces)
    const shuffled = fc.shuffledSubarray(pieces)
    const noise = fc.constantFrom('\u001b[2J', '\u202e', '\0', '\r', "'", '(', 'os.environ', '\n', 'sqlite:///')
    const texts = fc
      .tuple(fc.oneof(cut, shuffled), fc.array(noise, { maxLength: 5 }), fc.nat())
      .map(([some, more, at]) => [...some.slice(0, at % 50), ...more, ...some.slice(at % 50)].join(''))
    const folder = folderWith({ 'requirements.txt': '' })
    await fc.assert(
      fc.asyncProperty(texts, texts, async (first, second) => {
        writeFileSync(join(folder, 'app.py'), first)
        writeFileSync(join(folder, 'requirements.txt'), second)
        const project = await detectProject(folder)
        for (const list of [
          project.notes,
          project.wsgi,
          project.settings,
          project.sqlite,
          project.static,
          project.python,
        ]) {
          for (const { where, because, value } of list) {
            expect(`${where}${because}${typeof value === 'string' ? value : JSON.stringify(value)}`).not.toMatch(
              /[\p{Cc}\u202e]/u,
            )
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})
