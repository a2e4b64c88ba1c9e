import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { services as real } from '../../src/commands/services.js'
import type { Project } from '../../src/detection/project.js'
import { DeployError } from '../../src/errors.js'
import type { Neighbours } from '../../src/wizard/neighbours.js'
import { ScriptedTerminal, type Scene } from '../wizard/scripted.js'
import { changing, runIn } from './fakes.js'

export const found = <T>(value: T, where = 'shop/__init__.py:7', because = 'app = Flask(__name__)') => ({
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

export const neighbours: Neighbours = {
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

export const empty = (): string => mkdtempSync(join(tmpdir(), 'deploy-flask-wizard-'))

/** Runs the wizard with a person who follows a script, against a project and a host that are only told of. */
export const play = async (script: readonly Scene[], around: Around = {}) => {
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

export const usual: readonly Scene[] = [
  ['Which host?', { choose: 'web1' }],
  ['Name of the site', { enter: true }],
  ['Name that it answers to', { type: 'shop.example.com' }],
  ['SECRET_KEY is a secret', { choose: 'the variable SECRET_KEY' }],
]
export const plan: Scene = ['What next?', { choose: 'look at the plan' }]
export const leave: Scene = ['What next?', { choose: 'leave' }]
