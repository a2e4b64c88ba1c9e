import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { resolveSite, type Resolved } from '../../src/config/site.js'
import type { DeployError } from '../../src/errors.js'
import { folderWith, refusal, type Tree } from './folders.js'

const now = new Date('2026-11-24T20:13:00Z')

const base = `version: 1
host: a.test
site: notes
server-name: notes.test
wsgi: notes:app
`

const app = { 'notes.py': 'app = 1\n' } satisfies Tree

const resolved = async (lines: string, tree: Tree = app, env: Record<string, string> = {}): Promise<Resolved> => {
  const directory = folderWith(tree)
  const text = `${base}${lines.includes('code:') ? '' : 'code: {folder: .}\n'}${lines}\n`
  const { flags, where } = readFlags(text, 'f.yml')
  return resolveSite(flags, { directory, env, now, where })
}

const refused = (lines: string, tree?: Tree, env?: Record<string, string>): Promise<DeployError> =>
  refusal(() => resolved(lines, tree, env))

const evidence = async (lines: string, tree?: Tree): Promise<readonly string[]> =>
  ((await refused(lines, tree)).fault.evidence ?? '').split('\n')

describe('fields that contradict each other are refused with their place', () => {
  it.each([
    ['server-aliases: [notes.test]', 'f.yml:7:18: server-aliases.0: notes.test is a name of the site already'],
    ['server-aliases: [b.test, b.test]', 'f.yml:7:26: server-aliases.1: b.test is a name of the site already'],
    ['sqlite: [a.db, /srv/notes/data/a.db]', 'f.yml:7:16: sqlite.1: /srv/notes/data/a.db stands in the list already'],
    ['sqlite: [a, a/b]', 'f.yml:7:13: sqlite.1: /srv/notes/data/a cannot be a file and a folder'],
    ['host: x@a.test\nssh: {user: y}', 'f.yml:8:13: ssh.user: is y, but host says x: write it once'],
  ])('%s', async (lines, message) => {
    const text = lines.startsWith('host') ? `${base.replace('host: a.test\n', '')}code: {folder: .}\n` : ''
    const error =
      text === ''
        ? await refused(lines)
        : await refusal(() => {
            const { flags, where } = readFlags(`${text}\n${lines}\n`, 'f.yml')
            return resolveSite(flags, { directory: folderWith(app), env: {}, now, where })
          })
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2, fault: { evidence: message } })
  })

  it('dangerous places are refused all at once, before secrets and code are looked at', async () => {
    const lines = 'root: /etc/notes\nsqlite: [/var/www/a.db, /data/a.db, a.db]\nsettings: {A: {env: X}}'
    const error = await refused(lines, {})
    expect(error).toMatchObject({ code: 'PATH_DANGEROUS', exitCode: 2 })
    expect(error.fault.evidence?.split('\n').map((line) => line.split(':').slice(0, 4).join(':'))).toEqual([
      'f.yml:7:7: root',
      'f.yml:8:10: sqlite.0',
      'f.yml:8:37: sqlite.2',
    ])
  })

  it.each([
    ['sqlite: [/srv/notes/a.db]', 'the application could exchange its own code there'],
    ['sqlite: [/srv/notes/current/instance/a.db]', 'it holds the current release'],
    ['code: {path: /srv/app}\nsqlite: [/srv/app/a.db]', 'it holds the code'],
    ['code: {path: /srv/app}\nsqlite: [/srv/app/notes/a.db]', 'it holds the code of the application'],
    ['code: {path: /srv/app}\nstatic: {/s/: s}\nsqlite: [/srv/app/s/a.db]', 'files that anybody can download'],
    ['code: {path: /srv/notes}', 'set root to a folder outside of it'],
    ['code: {path: /root/app}', 'the home of root'],
  ])('%s', async (lines, why) => {
    expect((await evidence(lines)).join()).toContain(why)
  })

  it('a folder of its own inside code on the host is fine for SQLite', async () => {
    const { site } = await resolved('code: {path: /srv/app}\nsqlite: [/srv/app/instance/app.db]')
    expect(site.sqlite).toEqual(['/srv/app/instance/app.db'])
  })

  it('without places the field is named all the same', async () => {
    const { flags } = readFlags(`${base}code: {path: /etc}\n`, 'f')
    const error = await refusal(() => resolveSite(flags, { directory: '/', env: {}, now }))
    expect(error.fault.evidence).toContain('the flags file, code.path: code.path: /etc cannot be used')
  })
})
