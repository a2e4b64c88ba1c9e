import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { type Scene } from '../wizard/scripted.js'
import { empty, found, leave, neighbours, plan, play, usual } from './wizard-play.js'

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

  test('is warned about where it is allowed and often a mistake', async () => {
    const { stderr } = await play([...usual, plan], { options: 'init --daemon-processes 2' })
    expect(stderr).toMatch(/warning: .*daemon\.processes: several processes that write one SQLite file/)
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
