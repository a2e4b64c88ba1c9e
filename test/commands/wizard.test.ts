import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { declined } from '../../src/commands/declined.js'
import { services as real } from '../../src/commands/services.js'
import { readFlags } from '../../src/config/load.js'
import type { Project } from '../../src/detection/project.js'
import { DeployError } from '../../src/errors.js'
import type { Neighbours } from '../../src/wizard/neighbours.js'
import { ScriptedTerminal, type Scene } from '../wizard/scripted.js'
import { changing, converged, runIn } from './fakes.js'

const found = <T>(value: T, where = 'shop/__init__.py:7', because = 'app = Flask(__name__)') => ({
  value,
  where,
  because,
})

const project = (folder: string, more: Partial<Project> = {}): Project => ({
  root: folder,
  folder,
  folders: [found('.')],
  name: 'shop',
  framework: 'flask',
  wsgi: [found('shop:create_app()')],
  requirements: [found('requirements.txt', 'requirements.txt')],
  python: [],
  static: [found({ url: '/static/', folder: 'shop/static' })],
  sqlite: [found('shop.db')],
  settings: [
    found({ name: 'SECRET_KEY', required: true, secret: true }, 'shop/config.py:3'),
    found({ name: 'DATABASE', required: false, secret: false, sqlite: { file: 'shop.db', form: 'path' as const } }),
    found({ name: 'DEBUG', required: false, secret: false, default: '0' }),
  ],
  init: [found('flask init-db', 'shop/db.py:20')],
  notes: [found('the database is opened by a relative path', 'shop/db.py:4')],
  ...more,
})

const neighbours: Neighbours = {
  release: 'Ubuntu 18.04.6 LTS',
  isSupported: true,
  python: '3.6',
  apache: '2.4.29 (mpm_prefork)',
  freeBytes: 12_300_000_000,
  files: [
    { name: '000-default.conf', isOurs: false, isEnabled: true },
    { name: 'blog.conf', isOurs: false, isEnabled: true },
    { name: 'old.conf', isOurs: true, isEnabled: true },
  ],
  names: [{ name: 'blog.example.com', file: '/etc/apache2/sites-available/blog.conf' }],
  ports: [80],
}

interface Around {
  readonly more?: Partial<Project>
  readonly options?: string
  readonly env?: Record<string, string>
  readonly cwd?: string
  readonly survey?: typeof changing
  readonly confirm?: boolean
  readonly hosts?: readonly string[]
  readonly unreachable?: readonly string[]
  readonly terminal?: boolean
  readonly neighbours?: Neighbours
  /** Happens once the host was looked at. */
  readonly meanwhile?: () => void
}

const empty = (): string => mkdtempSync(join(tmpdir(), 'deploy-flask-wizard-'))

const play = async (script: readonly Scene[], around: Around = {}) => {
  const cwd = around.cwd ?? empty()
  const terminal = new ScriptedTerminal(script)
  const state = empty()
  const unreachable = [...(around.unreachable ?? [])]
  const env = { NO_COLOR: '1', HOME: state, XDG_STATE_HOME: join(state, 'state'), ...around.env }
  const result = await runIn(cwd, around.options ?? '', {
    terminal: around.terminal ?? true,
    env,
    survey: around.survey ?? changing,
    confirm: around.confirm ?? true,
    services: {
      terminal: () => Promise.resolve(terminal),
      detectProject: (folder) => Promise.resolve(project(folder, around.more)),
      sshHosts: () => Promise.resolve((around.hosts ?? ['web1']).map((host) => found(host, '~/.ssh/config:3'))),
      resolveConnection: (flags, nearby) => real.resolveConnection(flags, nearby),
      lookAround: () => {
        around.meanwhile?.()
        const host = unreachable.shift()
        if (host === undefined) return Promise.resolve(around.neighbours ?? neighbours)
        return Promise.reject(
          new DeployError('CONNECT_FAILED', { what: `${host} does not answer`, remedy: 'try another' }),
        )
      },
    },
  })
  return { ...result, said: terminal, cwd, env, file: join(cwd, 'deploy-flask.yml') }
}

const usual: readonly Scene[] = [
  ['Which host?', { choose: 'web1' }],
  ['Name of the site', { enter: true }],
  ['Name that it answers to', { type: 'shop.example.com' }],
  ['SECRET_KEY is a secret', { choose: 'the variable SECRET_KEY' }],
]
const plan: Scene = ['What next?', { choose: 'look at the plan' }]
const leave: Scene = ['What next?', { choose: 'leave' }]

describe('a project that says nearly everything itself', () => {
  test('needs four answers, a look at the plan and a yes, and leaves a flags file that says the same', async () => {
    const { exitCode, said, file, applied } = await play([...usual, plan])
    said.done()
    expect(exitCode).toBe(0)
    expect(applied).toHaveLength(1)
    const { flags } = readFlags(readFileSync(file, 'utf8'), file)
    expect(flags).toMatchObject({
      host: 'web1',
      site: 'shop',
      'server-name': 'shop.example.com',
      code: { folder: '.' },
      wsgi: 'shop:create_app()',
      requirements: 'requirements.txt',
      settings: { SECRET_KEY: { env: 'SECRET_KEY' }, DATABASE: '/srv/shop/data/shop.db' },
      sqlite: ['shop.db'],
      init: 'flask init-db',
      static: { '/static/': 'shop/static' },
    })
  })
})

describe('a wrong answer', () => {
  test('is refused with the reason, and asked for again', async () => {
    const { said, exitCode } = await play([
      ['Which host?', { choose: 'another one' }],
      ['Host:', { type: 'http://x' }],
      ['Host:', { type: 'me@192.0.2.7' }],
      ['Name of the site', { type: 'blog' }],
      ['Name of the site', { type: 'My Shop' }],
      ['Name of the site', { type: 'old' }],
      ['Name that it answers to', { type: 'blog.example.com' }],
      ['Name that it answers to', { type: '' }],
      ['Name that it answers to', { type: 'shop.example.com' }],
      ['SECRET_KEY is a secret', { choose: 'another variable' }],
      ['Name of the variable', { type: 'A-B' }],
      ['Name of the variable', { type: 'SHOP_KEY' }],
      leave,
    ])
    said.done()
    expect(exitCode).toBe(130)
    expect(said.lines.filter((line) => line.startsWith('refused: '))).toEqual([
      expect.stringContaining('refused: must be a host name'),
      'refused: /etc/apache2/sites-available/blog.conf belongs to another site',
      expect.stringContaining('refused: must be lower-case letters'),
      'refused: blog.example.com is the name of another site of this host (/etc/apache2/sites-available/blog.conf)',
      'refused: is needed',
      'refused: must be the name of an environment variable',
    ])
  })

  test('a host that cannot be reached is told, and another one asked for', async () => {
    const { said } = await play([['Which host?', { choose: 'web1' }], ...usual, leave], { unreachable: ['web1'] })
    said.done()
    expect(said.text).toContain('error CONNECT_FAILED: web1 does not answer')
  })
})

describe('Esc', () => {
  test('asks the question before again, as often as one likes', async () => {
    const { said } = await play([
      ['Which host?', { escape: true }],
      ['Which host?', { choose: 'web1' }],
      ['Name of the site', { type: 'one' }],
      ['Name that it answers to', { escape: true }],
      ['Name of the site', { escape: true }],
      ['Which host?', { choose: 'web1' }],
      ['Name of the site', { type: 'two' }],
      ['Name that it answers to', { type: 'two.example.com' }],
      ['SECRET_KEY is a secret', { choose: 'a file' }],
      ['Path of the file', { escape: true }],
      ['SECRET_KEY is a secret', { choose: 'a file' }],
      ['Path of the file', { type: '~/key' }],
      leave,
    ])
    said.done()
    expect(said.text).toContain('this is the first question')
    expect(said.text).toMatch(/name of the site +two /)
    expect(said.text).toContain('SECRET_KEY: {file: ~/key}')
  })
})

describe('the last screen', () => {
  test('only writes the file when that is what is wanted', async () => {
    const { exitCode, file, applied, cwd } = await play([...usual, ['What next?', { choose: 'write the flags file' }]])
    expect(exitCode).toBe(0)
    expect(applied).toEqual([])
    expect(readFlags(readFileSync(file, 'utf8'), file).flags.site).toBe('shop')
    expect(readdirSync(cwd)).toEqual(['deploy-flask.yml'])
  })

  test('comes again when the plan is not agreed to', async () => {
    const { said, exitCode, applied, file } = await play([...usual, plan, leave], { confirm: false })
    said.done()
    expect(exitCode).toBe(130)
    expect(applied).toEqual([])
    expect(existsSync(file)).toBe(false)
  })

  test('changes any value, checked as in the file', async () => {
    const { said } = await play([
      ...usual,
      ['What next?', { choose: 'change a value' }],
      ['Which value?', { choose: 'static files' }],
      ['static files', { type: '{/s: ' }],
      ['static files', { type: '{s: x}' }],
      ['static files', { type: '{/s/: public}' }],
      ['What next?', { choose: 'change a value' }],
      ['Which value?', { choose: 'first command' }],
      ['first command', { type: 'none' }],
      ['What next?', { choose: 'change a value' }],
      ['Which value?', { escape: true }],
      leave,
    ])
    said.done()
    expect(said.lines.filter((line) => line.startsWith('refused: '))).toHaveLength(2)
    expect(said.lines.at(-6)).toMatch(/static files +\{\/s\/: public\}/)
    expect(said.lines.at(-6)).not.toContain('first command')
  })

  test('a host that already is so is told, and the file is written', async () => {
    const { exitCode, stdout, file } = await play([...usual, plan], { survey: converged })
    expect({ exitCode, written: existsSync(file) }).toEqual({ exitCode: 0, written: true })
    expect(stdout).toContain('nothing to do')
  })

  test('what the host refuses can be put right', async () => {
    const refusals = [new DeployError('NAME_TAKEN', { what: 'taken', remedy: 'choose another name' })]
    const { said, applied, exitCode } = await play([...usual, plan, leave], { survey: { ...changing, refusals } })
    said.done()
    expect(said.text).toContain('error NAME_TAKEN: taken')
    expect({ applied, exitCode }).toEqual({ applied: [], exitCode: 130 })
  })
})

describe('Ctrl-C', () => {
  const all = [...usual, leave]
  test.each(all.map(([question], index) => [question, index] as const))(
    'at "%s" changes nothing, and the answers so far are there the next time',
    async (question, index) => {
      const first = await play([...all.slice(0, index), [question, { leave: declined(new Error('Ctrl-C')) }]])
      expect(first.exitCode).toBe(130)
      expect(first.stderr).toContain('error DECLINED: left; nothing was changed')
      expect(readdirSync(first.cwd)).toEqual([])
      const resume: readonly Scene[] = index === 0 ? [] : [['Go on where you left', { choose: 'yes' }]]
      const second = await play([...resume, ...all.slice(index)], { cwd: first.cwd, env: first.env })
      second.said.done()
    },
  )

  test('who begins anew is asked everything', async () => {
    const first = await play(all)
    const second = await play([['Go on where you left', { choose: 'begin anew' }], ...all], first)
    second.said.done()
  })

  test('the answers that are kept hold no secret, and are readable for nobody else', async () => {
    const made: Scene = ['SECRET_KEY is a secret', { choose: 'make one up' }]
    const { env } = await play([...usual.slice(0, 3), made, leave])
    const [state = ''] = readdirSync(join(env.XDG_STATE_HOME, 'deploy-flask'))
    const path = join(env.XDG_STATE_HOME, 'deploy-flask', state)
    const secret = join(env.HOME, '.config/deploy-flask/shop/SECRET_KEY')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(secret).mode & 0o777).toBe(0o600)
    expect(readFileSync(secret, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    expect(readFileSync(path, 'utf8')).toContain('~/.config/deploy-flask/shop/SECRET_KEY')
    expect(readFileSync(path, 'utf8')).not.toContain(readFileSync(secret, 'utf8').trim())
  })
})

describe('what was given as options', () => {
  test('is not asked, and stands in the file', async () => {
    const { said, file } = await play([...usual.slice(3), plan], {
      options: 'init --host web2 --site club --server-name club.test --daemon-threads 3 --settings DEBUG=1',
    })
    said.done()
    const { flags } = readFlags(readFileSync(file, 'utf8'), file)
    expect(flags).toMatchObject({ host: 'web2', site: 'club', 'server-name': 'club.test', daemon: { threads: 3 } })
    expect(flags.settings).toMatchObject({ DEBUG: 1, SECRET_KEY: { env: 'SECRET_KEY' } })
  })

  test('wrongly is refused before the first question', async () => {
    const { exitCode, stderr } = await play([], { options: 'init --site Club' })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--site: site: must be lower-case letters')
  })
})

describe('other folders', () => {
  test('of several candidates one is chosen', async () => {
    const wsgi = [found('shop:app'), found('shop.admin:app', 'shop/admin.py:3')]
    const { said, file } = await play([['Which application?', { choose: 'shop.admin:app' }], ...usual, plan], {
      more: { wsgi },
    })
    said.done()
    expect(readFlags(readFileSync(file, 'utf8'), file).flags.wsgi).toBe('shop.admin:app')
  })

  test('of several projects one is chosen', async () => {
    const folders = [found('api', 'api/app.py:3'), found('web', 'web/app.py:3')]
    const { said } = await play([['There are several applications', { choose: 'web  (' }], ...usual, leave], {
      more: { folders },
    })
    said.done()
  })

  test('without an application is told, with what was seen', async () => {
    const { exitCode, stderr } = await play([], { more: { wsgi: [], notes: [found('is Python 2', 'app.py:1')] } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error NO_APPLICATION: no Flask application')
    expect(stderr).toContain('app.py:1: is Python 2')
  })

  test('with a flags file offers to use it', async () => {
    const cwd = empty()
    writeFileSync(join(cwd, 'deploy-flask.yml'), 'version: 1\n')
    const used = await play([['There is a deploy-flask.yml', { choose: 'use it' }]], { cwd })
    expect(used).toMatchObject({ exitCode: 0, applied: [{}] })
    const left = await play([['There is a deploy-flask.yml', { choose: 'leave' }]], { cwd })
    expect(left.exitCode).toBe(130)
    const replaced = await play([['There is a deploy-flask.yml', { choose: 'anew' }], ...usual, plan], { cwd })
    replaced.said.done()
    expect(readFileSync(replaced.file, 'utf8')).toContain('site: shop\n')
  })

  test('a file that came to be in the meantime is not replaced', async () => {
    const cwd = empty()
    const script: readonly Scene[] = [...usual.slice(0, 3), ['SECRET_KEY', { choose: 'a file' }]]
    const file = join(cwd, 'deploy-flask.yml')
    const { said } = await play([...script, ['Path', { type: '~/k' }], ['What next?', { choose: 'write' }], leave], {
      cwd,
      meanwhile: () => writeFileSync(file, 'theirs\n'),
    })
    said.done()
    expect(said.text).toContain('error OUTPUT_UNWRITABLE: ')
    expect(readdirSync(cwd)).toEqual(['deploy-flask.yml'])
    expect(readFileSync(file, 'utf8')).toBe('theirs\n')
  })
})

describe('without a terminal', () => {
  test('everything that is missing is told at once', async () => {
    const { exitCode, stderr, connections } = await play([], { terminal: false })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error FIELD_MISSING: 5 settings are missing')
    expect(connections).toEqual([])
  })

  test('where nothing is missing, the command that does it is told', async () => {
    const options = 'init --host h --site shop --server-name s.test --code-folder . --wsgi shop:app'
    const { exitCode, stderr } = await play([], { options, terminal: false })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error NO_TERMINAL: ')
  })
})

test('what a host or a file name holds cannot draw on the screen', async () => {
  const { said } = await play([...usual, leave], {
    more: {
      notes: [found('\u001b[2Jgone', 'a\u001b]0;x\u0007.py:1')],
      wsgi: [found('shop:app', 'x\u202e.py:2')],
    },
    neighbours: { ...neighbours, release: '\u001b[31mUbuntu', names: [{ name: '\u009b2J', file: 'x' }] },
  })

  expect(said.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('what the project asks of Python, and the host does not have, is told before anything is planned', async () => {
  const { said } = await play([...usual, leave], {
    more: { python: [found('>=3.8', 'pyproject.toml:5'), found('>=3.6,<4', 'setup.cfg:3')] },
  })
  expect(said.text).toContain('note: needs Python >=3.8, and the host has 3.6 (pyproject.toml:5)')
  expect(said.text).not.toContain('setup.cfg')
})
