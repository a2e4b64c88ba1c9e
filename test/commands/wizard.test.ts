import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { declined } from '../../src/commands/declined.js'
import { readFlags } from '../../src/config/load.js'
import { DeployError } from '../../src/errors.js'
import { type Scene } from '../wizard/scripted.js'
import { changing, converged } from './fakes.js'
import { leave, plan, play, usual } from './wizard-play.js'

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
