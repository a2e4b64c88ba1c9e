import { describe, expect, it } from 'vitest'
import { existingSiteWithout } from '../../../src/steps/apache/existing-site.js'
import { removedSite } from '../../../src/steps/removal/apache-site.js'
import { removedListening } from '../../../src/steps/removal/listening.js'
import { removedModules, removedModWsgi } from '../../../src/steps/removal/modules.js'
import { board, commands, entry, host, kept, notes, planned, refusals, removalOf, withPaths } from './scene.js'

const include = '/etc/apache2/deploy-flask/notes.conf'
const php = '<VirtualHost *:80>\n  ServerName php.test\n</VirtualHost>\n'
const mounted = `<VirtualHost *:80>\n  ServerName php.test\n    IncludeOptional ${include}\n</VirtualHost>\n`
const ours = entry('file', {
  content: '# Managed by deploy-flask for the site notes: changes made here are replaced.\n',
})

describe('the site', () => {
  it('is disabled, and its file goes', () => {
    const given = { link: entry('link'), vhost: ours }
    expect(commands(removedSite(removalOf()), given)).toEqual([
      [['a2dissite -p -q notes'], ['a2ensite -q notes']],
      [['remove /etc/apache2/sites-available/notes.conf'], ['restore /etc/apache2/sites-available/notes.conf']],
    ])
    expect(planned(removedSite(removalOf()))).toEqual([])
  })

  it('is disabled also where its manifest was lost once and has found it there; a file of others stays', () => {
    const was = { kind: 'file', owner: 'root', group: 'root', mode: '0644' } as const
    const step = removedSite(removalOf({ manifest: withPaths({ '/etc/apache2/sites-available/notes.conf': was }) }))
    const file = 'remove file /etc/apache2/sites-available/notes.conf'
    expect(planned(step, { vhost: ours })).toEqual([file])
    expect(planned(step, { vhost: entry('file', { content: php }) })).toEqual([])
  })

  it('that was made by hand is what it was, and so is its script; what somebody has changed since is theirs', () => {
    const was = { kind: 'file', owner: 'root', group: 'root', mode: '0644' } as const
    const [vhost, script] = ['/etc/apache2/sites-available/notes.conf', '/srv/by-hand/notes.wsgi']
    const manifest = { ...withPaths({ [vhost]: was, [script]: was }), scripts: [script] }
    const step = removedSite(removalOf({ manifest }))
    const made = {
      [`kept ${vhost}`]: entry('file', { content: php }),
      [`kept ${script}`]: entry('file', { content: '' }),
    }
    expect(planned(step, { ...made, vhost: ours, [`script ${script}`]: ours })).toEqual([
      `update file ${vhost}`,
      `update file ${script}`,
    ])
    const changed = entry('file', { content: `${php}# more\n` })
    expect(planned(step, { ...made, vhost: changed, [`script ${script}`]: changed })).toEqual([])
    expect(kept(step, { vhost: changed })).toEqual([
      `${vhost}, which was made by hand: "a2ensite notes" would serve it again`,
    ])
  })

  it('is refused where somebody keeps a file of their own in the place of the link', () => {
    expect(refusals(removedSite(removalOf()), { link: entry('file') })).toEqual(['FOREIGN_FILE'])
  })

  it('takes its line out of the virtual host that it was mounted in, and nothing else', () => {
    const manifest = { ...withPaths({ [include]: null }), existingSite: '/etc/apache2/sites-available/php.conf' }
    const step = removedSite(removalOf({ manifest }))
    expect(planned(step, { existing: entry('file', { content: mounted }), include: ours })).toEqual([
      'update file /etc/apache2/sites-available/php.conf',
      `remove file ${include}`,
    ])
    const own = entry('file', { content: `Include "${include}"\n${php}` })
    expect(planned(step, { existing: own })).toEqual([])
    expect(kept(step, { existing: own })).toEqual([
      `/etc/apache2/sites-available/php.conf: the line that includes ${include}, which deploy-flask has not written; it does no harm`,
    ])
  })

  it.each([
    ['as it was', mounted, php],
    ['and each of several', mounted + mounted, php + php],
    ['not one that somebody has indented otherwise', mounted.replace('    Inc', '  Inc'), undefined],
    ['not one in another place', mounted.replace('</Virt', '# comment\n</Virt'), undefined],
  ])('takes its line out, %s', (_, before, after) => {
    expect(existingSiteWithout(before, include)).toBe(after ?? before)
  })
})

describe('the modules', () => {
  const enabled = ['wsgi', 'rewrite'].map((name) => entry('link', { name: `${name}.load` } as object))
  const load = entry('file')

  it('that the site has brought are disabled, with the file of mod_wsgi, and mod_wsgi itself goes', () => {
    expect(commands(removedModules(removalOf()), { enabled, load })).toEqual([
      [['a2dismod -p -q -f wsgi'], ['a2enmod -q wsgi']],
      [['remove /etc/apache2/mods-available/wsgi.load'], ['restore /etc/apache2/mods-available/wsgi.load']],
    ])
    expect(planned(removedModWsgi(removalOf()), { express: entry('file') })).toEqual(['remove Python package mod_wsgi'])
  })

  const stay = (other: Parameters<typeof removalOf>[0], by: string, uses: readonly unknown[] = []): void => {
    const given = { enabled, uses }
    const removal = removalOf(other)
    expect(planned(removedModules(removal), { ...given, load })).toEqual([])
    expect(kept(removedModules(removal), given)).toEqual([`the Apache module wsgi (needed by ${by})`])
    expect(planned(removedModWsgi(removal), { ...given, express: entry('file') })).toEqual([])
    expect(kept(removedModWsgi(removal), { ...given, express: entry('file') })).toEqual([
      `mod_wsgi in the Python of the host (needed by ${by})`,
    ])
  }

  it('stay where another site of ours needs them', () => {
    stay({ others: [board] }, 'board', [{ file: board.enabled, module: 'wsgi' }])
  })
  it('stay where there is a site of which nothing is noted', () => stay({ unnoted: ['old'] }, 'old'))
  it('stay where configuration of somebody else uses them', () => {
    const file = '/etc/apache2/conf-enabled/theirs.conf'
    stay({}, file, [{ file, module: 'wsgi' }])
  })

  it('that were enabled before stay, and so does a mod_wsgi that was there before', () => {
    const before = { paths: {}, modules: { ...host.before.modules, wsgi: true } }
    const removal = removalOf({ host: { ...host, before } })
    expect(planned(removedModules(removal), { enabled, load })).toEqual([])
    expect(kept(removedModWsgi(removal), { express: entry('file') })).toEqual([
      'mod_wsgi in the Python of the host (needed by whoever installed it)',
    ])
    expect(planned(removedModules(removalOf({ host: undefined })), { enabled, load })).toEqual([])
  })
})

describe('the port', () => {
  const link = '/etc/apache2/conf-enabled/deploy-flask-listen-8081.conf'
  const file = '/etc/apache2/conf-available/deploy-flask-listen-8081.conf'
  const listening = { ...notes, listening: [link] }
  const noted = { ...host, before: { ...host.before, paths: { [link]: null, [file]: null } } }
  const given = { [link]: entry('link'), [file]: entry('file') }

  it('is closed that only this site needs', () => {
    expect(planned(removedListening(removalOf({ manifest: listening, host: noted })), given)).toEqual([
      'remove apache configuration deploy-flask-listen-8081',
      `remove file ${file}`,
    ])
  })

  it('stays open for another site, and where it was open before', () => {
    const step = removedListening(
      removalOf({ manifest: listening, host: noted, others: [{ ...board, listening: [link] }] }),
    )
    expect(planned(step, given)).toEqual([])
    expect(kept(step, given)).toEqual([`${file} (needed by board)`])
    expect(planned(removedListening(removalOf({ manifest: listening })))).toEqual([])
  })
})
