import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { SiteManifest } from '../../src/probes/manifest.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { board, host as shared, notes } from '../steps/removal/scene.js'
import { changing, run } from './fakes.js'

const state = '/var/lib/deploy-flask'

const entry = (kind: 'file' | 'directory', more: object = {}) => ({
  ...{ kind, mode: '0600', owner: 'root', group: 'root', size: 10, links: 1, changed: 1, modified: 1 },
  ...more,
})

type Files = Readonly<Record<string, string>>

const file = (files: Files, path: string): object | null => {
  const content = files[path]
  return content === undefined
    ? null
    : entry('file', { content: Buffer.from(content).toString('base64'), sha256: '0'.repeat(64) })
}

/** A host with these files of our state, which answers what it is asked of files and folders. */
const hostWith = (files: Files): RecordedTransport => {
  const names = [
    ...new Set(Object.keys(files).flatMap((path) => /^\/var\/lib\/deploy-flask\/(\w+)\//.exec(path)?.[1] ?? [])),
  ]
  const answer = (name: string, [path = '']: readonly string[]): unknown =>
    name === 'listing'
      ? path === state
        ? names.map((one) => entry('directory', { name: one }))
        : []
      : file(files, path)
  return new RecordedTransport(
    {
      answer: ({ sh }) => {
        const [, asked = '[]'] = /'(\[.*\])'$/s.exec(sh) ?? []
        const items = JSON.parse(asked) as readonly (readonly [string, readonly string[]])[]
        return { stdout: JSON.stringify(items.map(([name, args]) => ({ ok: answer(name, args) }))) }
      },
    },
    'vagrant@10.0.3.7',
  )
}

const manifestOf = (site: SiteManifest): Files => ({ [`${state}/${site.site}/manifest.json`]: JSON.stringify(site) })
const deployed = { ...manifestOf(notes), [`${state}/host.json`]: JSON.stringify(shared) }

const remove = 'remove -f deploy-flask.yml'
const survey = { ...changing, kept: ['/srv/notes/data (data: only --data removes it)'] }

describe('remove', () => {
  test('shows what goes and what stays, asks once, does it, and says what has stayed', async () => {
    const world = { host: hostWith(deployed), survey, terminal: true, confirm: true }
    const { exitCode, stdout, stderr, asked, applied, held } = await run(remove, world)
    expect([exitCode, asked.length, held]).toEqual([0, 1, 0])
    expect(applied.map(({ phases }) => phases.map(({ title }) => title))).toEqual([
      ['Site', 'Files', 'Accounts', 'Disposal', 'Manifest'],
    ])
    for (const text of [stdout, stderr]) {
      expect(stripVTControlCharacters(text)).toContain('Kept on the host\n  /srv/notes/data (data:')
    }
    expect(stripVTControlCharacters(stdout)).toMatch(/^Removed: 4 changes on vagrant@10\.0\.3\.7 in /)
    expect(stdout).not.toContain('http://')
  })

  test('that is declined changes nothing, and neither does --dry-run', async () => {
    const world = { host: hostWith(deployed), survey }
    const declined = await run(remove, { ...world, terminal: true, confirm: false })
    expect([declined.exitCode, declined.applied, declined.held]).toEqual([130, [], 0])
    const shown = await run(`${remove} --dry-run`, world)
    expect([shown.exitCode, shown.applied, shown.held]).toEqual([0, [], 0])
    expect(shown.stdout).toContain('Kept on the host\n  /srv/notes/data (data:')
  })

  test('--json tells what stays with the plan and with the result', async () => {
    const { stdout } = await run(`${remove} --yes --json`, { host: hostWith(deployed), survey })
    const documents = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]))
    const { kept } = survey
    expect(documents).toContainEqual(
      expect.objectContaining({ type: 'plan', plan: expect.objectContaining({ kept }) as object }),
    )
    expect(documents.at(-1)).toMatchObject({ type: 'result', site: 'notes', kept })
  })

  test('without a terminal and without --yes fails before connecting', async () => {
    const { exitCode, stderr, connections } = await run(remove, { host: hostWith(deployed) })
    expect([exitCode, connections]).toEqual([2, []])
    expect(stderr).toContain('NO_TERMINAL')
  })

  const refused = async (files: Files, code: string, evidence: string): Promise<void> => {
    const { exitCode, stderr, applied, held } = await run(`${remove} --yes --data`, { host: hostWith(files), survey })
    expect([exitCode, applied, held]).toEqual([2, [], 0])
    expect(stderr).toContain(code)
    expect(stderr).toContain(evidence)
  }

  test('of a site that is not ours names those that are', () =>
    refused({ ...manifestOf(board), [`${state}/old/history`]: '' }, 'SITE_UNKNOWN', 'there are: board, old'))

  const withPath = (path: string): SiteManifest => ({
    ...notes,
    before: { ...notes.before, paths: { ...notes.before.paths, [path]: null } },
  })

  test.each<[string, object, string]>([
    ['is not JSON at all', [], 'expected object'],
    ['is of another site', { ...notes, site: 'board' }, 'site must be notes'],
    ['has its folder in the configuration of the host', { ...notes, root: '/etc', data: '/etc/data' }, '/etc'],
    ['has its data elsewhere', { ...notes, data: '/home/bob' }, 'data must be /srv/notes/data'],
    [
      'has the virtual host of another site',
      { ...notes, vhost: '/etc/apache2/sites-available/php.conf' },
      'vhost must',
    ],
    ['claims the file of accounts', withPath('/etc/passwd'), '/etc/passwd: /etc is no place for it'],
    ['claims a folder that everything lies in', withPath('/srv'), '/srv: other things live in it'],
    ['claims the file of another site', withPath('/etc/apache2/sites-available/php.conf'), 'not of this site alone'],
    ['claims the configuration of Apache', withPath('/etc/apache2/apache2.conf'), 'not of this site alone'],
    ['climbs', withPath('/srv/notes/../../etc/passwd'), 'not a plain absolute path'],
    ['climbs in the names of its logs', { ...notes, logs: { ...notes.logs, error: '/etc/passwd' } }, 'logs'],
    [
      'listens by the file of somebody else',
      { ...notes, listening: ['/etc/apache2/conf-enabled/x.conf'] },
      'listening',
    ],
    ['has a module that is an option', { ...notes, modules: ['--help'] }, 'modules: --help'],
    [
      'has root as its account',
      { ...notes, before: { ...notes.before, accounts: { 'user root': false } } },
      'user root',
    ],
    ['is mounted outside of the sites', { ...notes, existingSite: '/etc/passwd' }, 'existingSite'],
  ])('refuses a manifest that %s', (_, written, evidence) =>
    refused(
      { ...deployed, [`${state}/notes/manifest.json`]: JSON.stringify(written) },
      'MANIFEST_UNREADABLE',
      evidence,
    ),
  )

  test('refuses when it cannot be told what another site needs, or what they share', async () => {
    await refused({ ...deployed, [`${state}/board/manifest.json`]: '{' }, 'MANIFEST_UNREADABLE', 'board/manifest.json')
    await refused({ ...deployed, [`${state}/host.json`]: '{"version": 2}' }, 'MANIFEST_NEWER', 'host.json')
  })
})
