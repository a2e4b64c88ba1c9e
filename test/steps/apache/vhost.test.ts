import { createHash } from 'node:crypto'
import { placesOf } from '../../../playbooks/flask-site-parts.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { vhost } from '../../../src/templates/vhost.js'
import { describe, expect, it } from 'vitest'
import { plainText } from '../../../src/render/colour.js'
import { diffLines } from '../../../src/render/diff.js'
import { absent, aFolder, aLink, edited, rewritten, withContent } from '../edits.js'
import { lines, siteFor, stateOf, stepCases, stepFor, type Given, type Shown } from '../harness.js'

const path = '/etc/apache2/sites-available/notes.conf'
const rendered = async (given: Given = {}, restrictEmbedded = true): Promise<string> => {
  const site = await siteFor(given)
  return vhost(site, { ...placesOf(layoutOf(site)), restrictEmbedded })
}
const usual = await rendered()

const write = { run: [`write ${path} (root:root 0644)`], undo: [`restore ${path}`] }
const created = (text: string) =>
  [{ kind: 'create', subject: `file ${path}`, diff: lines('+', text), ...write }] as const
const replaced = (...diff: readonly string[]) => [{ kind: 'update', subject: `file ${path}`, diff, ...write }] as const

const other = (directive: string, value: string) =>
  JSON.stringify([{ file: '/etc/apache2/sites-available/old.conf', directive, value }])

const aliased: Given = { flags: { 'server-aliases': ['www.notes.test'] } }
const groups: Given = { flags: { 'process-groups': { jobs: {} } } }

const uses = (does: 'may need' | 'forbids', file = '/etc/apache2/sites-enabled/old.conf') => ({
  embedded: JSON.stringify([{ file, does }]),
})
const restricted = (is: '+' | '-'): readonly Shown[] => replaced(`${is}WSGIRestrictEmbedded On`)

const embeddedApp = { embedded: true, user: 'www-data', group: 'www-data' }
const wiki = [{ mount: '/wiki', wsgi: 'wiki:app', 'process-group': '%{GLOBAL}' }]
const embeddedSite: Given = { flags: { ...embeddedApp, applications: wiki } }

const bound: Given = { flags: { addresses: ['192.0.2.7'] } }
const lost = '[{"file": "/etc/apache2/sites-enabled/old.conf", "name": "old.test"}]'
const mounted = '/etc/apache2/sites-available/wiki.conf'

/** The directive of a process group, with the lines that go on with it. */
const groupIn = (text: string, name: string): readonly string[] => {
  const [found = ''] = new RegExp(`^ +WSGIDaemonProcess ${name} (.*\\\\\n)*.*$`, 'm').exec(text) ?? []
  return lines('+', found)
}
const shops: readonly Shown[] = [
  {
    kind: 'create',
    subject: 'file /etc/apache2/sites-available/shop.conf',
    diff: lines('+', await rendered({ of: 'shop' })),
    run: ['write /etc/apache2/sites-available/shop.conf (root:root 0644)'],
    undo: ['restore /etc/apache2/sites-available/shop.conf'],
  },
]
const modeRepaired: readonly Shown[] = [
  {
    kind: 'update',
    subject: `file ${path}`,
    reason: 'root:root 0600 becomes root:root 0644',
    run: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
    undo: [`chown -h root:root ${path}`, `chmod 0600 ${path}`],
  },
]

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Nothing that Apache reads is another: quotes, capitals, comments, blanks, a slash at the end of a folder. */
const byHand = `# by hand\n${usual
  .split('\n')
  .slice(1)
  .map((line) => line.trim().replace('ServerName', 'servername').replace('"', ''))
  .join('\n\n')
  .replace(/\\\n\n/g, '')
  .replace('<Directory /srv/notes/wsgi>', '<Directory "/srv/notes/wsgi/" >')}`
const closed = byHand.replace('Require all granted', 'Require local\nSetEnv SECRET_KEY hunter2')
const adopted = (text: string, of = text): Given => ({
  flags: { adopted: { 'virtual-host': sha256(of) } },
  answers: { file: withContent(text) },
})
const keptIn = '/var/lib/deploy-flask/notes/etc%apache2%sites-available%notes.conf.by-hand'

stepCases('apache.vhost', {
  pristine: { changes: created(usual) },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: created(usual) },
  'replaces what was edited by hand': {
    answers: { file: rewritten((text) => text.replace('umask=0027', 'umask=0000')) },
    changes: replaced(
      '-        locale=C.UTF-8 umask=0000 queue-timeout=45 socket-timeout=60 connect-timeout=15 \\',
      '+        locale=C.UTF-8 umask=0027 queue-timeout=45 socket-timeout=60 connect-timeout=15 \\',
    ),
  },
  'replaces what an earlier flags file wanted': {
    ...aliased,
    changes: replaced('+    ServerAlias www.notes.test'),
  },
  'repairs its mode only': {
    answers: { file: edited({ mode: '0600' }) },
    changes: modeRepaired,
  },
  'leaves a file that is mounted there and is as it must be': { answers: { file: edited({ mounted: true }) } },
  'gives a file that is mounted there the right mode': {
    answers: { file: edited({ mounted: true, mode: '0600' }) },
    changes: modeRepaired,
  },
  'refuses to exchange a file that is mounted there': {
    ...aliased,
    answers: { file: edited({ mounted: true }) },
    changes: replaced('+    ServerAlias www.notes.test'),
    refusals: ['PATH_MOUNTED'],
  },
  "refuses a file that is somebody else's": {
    answers: { file: withContent('Alias / /var/www/\n') },
    changes: replaced('-Alias / /var/www/', ...lines('+', usual)),
    refusals: ['FOREIGN_FILE'],
  },
  "refuses a site of this tool's that has another name": {
    answers: { file: rewritten((text) => text.replace('for the site notes', 'for the site shop')) },
    changes: replaced(
      '-# Managed by deploy-flask for the site shop: changes made here are replaced.',
      '+# Managed by deploy-flask for the site notes: changes made here are replaced.',
    ),
    refusals: ['FOREIGN_FILE'],
  },
  'leaves one that was made by hand and says the same': { ...adopted(byHand) },
  'leaves one that was made by hand and says the same to nobody but root': {
    ...adopted(byHand),
    answers: { file: edited({ ...(JSON.parse(withContent(byHand)) as object), owner: 'alice', mode: '0640' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'alice:root 0640 becomes root:root 0644',
        run: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
        undo: [`chown -h alice:root ${path}`, `chmod 0640 ${path}`],
      },
    ],
  },
  'replaces one that was made by hand and is what it was, keeps it, and shows no secret of it': {
    ...adopted(closed),
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: `made by hand; what it was is kept in ${keptIn}`,
        diff: expect.arrayContaining(['-Require local', '-SetEnv SECRET_KEY ***']) as readonly string[],
        run: [`keep ${path} as it was made by hand`, ...write.run],
        undo: [...write.undo, `rm -f -- ${keptIn} ${keptIn}.new`],
      },
    ],
  },
  'refuses one that was made by hand and changed since': {
    ...adopted(`${closed}# more\n`, closed),
    changes: expect.any(Array) as readonly Shown[],
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a folder in its place': {
    answers: { file: aFolder() },
    changes: [{ kind: 'update', subject: `file ${path}`, diff: lines('+', usual), ...write }],
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a name that another site serves': {
    answers: { others: other('servername', 'Notes.Test') },
    refusals: ['NAME_TAKEN'],
  },
  'refuses an alias that another site serves': {
    ...aliased,
    answers: { others: other('serveralias', 'www.notes.test') },
    changes: replaced('+    ServerAlias www.notes.test'),
    refusals: ['NAME_TAKEN'],
  },
  'refuses a process group that another site has': {
    answers: { others: other('wsgidaemonprocess', 'notes') },
    refusals: ['PROCESS_GROUP_TAKEN'],
  },
  'knows a name with a scheme and a port': {
    answers: { others: other('servername', 'http://notes.test:80') },
    refusals: ['NAME_TAKEN'],
  },
  'does not take a process group for a host name': { answers: { others: other('wsgidaemonprocess', 'notes.test') } },
  "refuses one of the site's process groups that another site has": {
    ...groups,
    answers: { others: other('wsgidaemonprocess', 'jobs') },
    changes: replaced(...groupIn(await rendered(groups), 'jobs')),
    refusals: ['PROCESS_GROUP_TAKEN'],
  },
  'refuses both at once': {
    answers: {
      others: JSON.stringify([
        { file: '/etc/apache2/sites-available/old.conf', directive: 'servername', value: 'notes.test' },
        { file: '/etc/apache2/conf-available/pool.conf', directive: 'wsgidaemonprocess', value: 'notes' },
      ]),
    },
    refusals: ['NAME_TAKEN', 'PROCESS_GROUP_TAKEN'],
  },
  'does not forbid embedded mode where another site may need it': {
    answers: uses('may need'),
    changes: restricted('-'),
  },
  'forbids it as soon as no other site may need it': {
    answers: {
      file: rewritten((text) => text.replace('WSGIRestrictEmbedded On\n', '')),
      embedded: '[]',
    },
    changes: restricted('+'),
  },
  'forbids it beside a site that forbids it, too': { answers: uses('forbids') },
  'does not forbid it where that was asked for': {
    flags: { 'restrict-embedded': false },
    changes: restricted('-'),
  },
  'refuses to forbid it where another site may need it': {
    flags: { 'restrict-embedded': true },
    answers: uses('may need'),
    refusals: ['EMBEDDED_MODE_CONFLICT'],
  },
  'forbids it where that was asked for and no other site may need it': {
    flags: { 'restrict-embedded': true },
    answers: uses('forbids'),
  },
  'does not forbid it where an application of its own is embedded': {
    on: 'pristine',
    ...embeddedSite,
    changes: created(await rendered(embeddedSite, false)),
  },
  'refuses an embedded application where another site forbids that': {
    on: 'pristine',
    ...embeddedSite,
    answers: uses('forbids'),
    changes: created(await rendered(embeddedSite, false)),
    refusals: ['EMBEDDED_MODE_CONFLICT'],
  },
  'is content with an embedded application where another site has one': {
    on: 'pristine',
    ...embeddedSite,
    answers: uses('may need'),
    changes: created(await rendered(embeddedSite, false)),
  },
  'is bound to an address where no other site answers for it': {
    on: 'pristine',
    ...bound,
    answers: { takenOver: '[]' },
    changes: created(await rendered(bound)),
  },
  'refuses to be bound to an address on which others are found by their names': {
    on: 'pristine',
    ...bound,
    answers: { takenOver: lost },
    changes: created(await rendered(bound)),
    refusals: ['ADDRESS_TAKEN'],
  },
  'holds every process group of a site that has several': { of: 'shop', on: 'pristine', changes: shops },
  'is as it should be for a site that has everything': { of: 'shop' },
  'holds the process groups only where the application is mounted in an existing site': {
    of: 'wiki',
    on: 'php',
    changes: [
      {
        kind: 'create',
        subject: `file ${mounted}`,
        diff: lines('+', await rendered({ of: 'wiki' })),
        run: [`write ${mounted} (root:root 0644)`],
        undo: [`restore ${mounted}`],
      },
    ],
  },
  'is as it should be for an application in an existing site, whose name it does not take': {
    of: 'wiki',
    answers: { others: other('servername', 'php.test') },
  },
})

const tls = { tls: { acme: { email: 'me@example.com', agree: true } } }
const certificate = '/etc/letsencrypt/live/deploy-flask-notes/fullchain.pem'
const secured = await rendered({ flags: tls })
const plain = async (): Promise<string> => {
  const site = await siteFor({ flags: tls })
  return vhost(site, { ...placesOf(layoutOf(site)), restrictEmbedded: true, withoutTls: true })
}
const link = aLink('../../archive/deploy-flask-notes/fullchain1.pem')
const first = await plain()

stepCases('apache.https', {
  pristine: {
    flags: tls,
    answers: { certificate: absent },
    unknown: { until: 'tls.acme', reason: 'there is no certificate yet' },
  },
  converged: { flags: tls, answers: { certificate: link, file: withContent(secured) } },
  'comes as soon as there is a certificate': {
    flags: tls,
    answers: { certificate: link, file: withContent(first) },
    changes: replaced(...diffLines({ before: first, after: secured }, plainText).filter((line) => /^[+-]/.test(line))),
  },
  'leaves what has HTTPS already to the step before': {
    flags: tls,
    answers: { certificate: link, file: withContent(`${secured}# another one\n`) },
  },
})

describe('the virtual host of a site with HTTPS', () => {
  const planned = async (given: Given) => {
    const step = await stepFor('apache.vhost', given)
    const is = stateOf(step.probes, given)
    const changes = step.plan(is)
    if ('unknownUntil' in changes) throw new Error('it is known')
    return {
      text: changes[0]?.diff?.after,
      refusals: (step.refuse?.(is) ?? []).map(({ code }) => code),
      notes: step.notes?.(is) ?? [],
    }
  }
  const given = (hosts: readonly object[], is = absent): Given => ({
    flags: tls,
    answers: { 'hosts on 443': JSON.stringify(hosts), [`certificate ${certificate}`]: is },
  })
  const other = (name: string | null, file: string) => ({ file: `/etc/apache2/sites-enabled/${file}.conf`, name })

  it('is without HTTPS until certbot has a certificate', async () => {
    expect((await planned(given([]))).text).toBe(first)
    expect((await planned(given([], link))).text).toBe(secured)
  })

  it('does not come before one that has no name and lives on being the first', async () => {
    expect((await planned(given([other(null, 'zz-ssl')]))).refusals).toEqual(['DEFAULT_SITE_TAKEN'])
    expect((await planned(given([other(null, 'default-ssl')]))).refusals).toEqual([])
  })

  it('bound to addresses takes over no name of others on that port either', async () => {
    const alone = { flags: { ...tls, addresses: ['192.0.2.7'] } }
    const is = { [`certificate ${certificate}`]: absent, takenOver: '[]', 'taken over on 443': lost }
    expect((await planned({ ...alone, answers: is })).refusals).toEqual(['ADDRESS_TAKEN'])
    expect((await planned({ ...alone, answers: { ...is, 'taken over on 443': '[]' } })).refusals).toEqual([])
  })

  it('tells when it comes before one that has a name, and is quiet once it is there', async () => {
    const { refusals, notes } = await planned(given([other('php.test', 'php')]))
    expect(refusals).toEqual([])
    expect(notes).toEqual([
      'until now php.test (/etc/apache2/sites-enabled/php.conf) answers on port 443 for names that no site has; from now on ours does',
    ])
    expect((await planned(given([other('notes.test', 'notes'), other('php.test', 'php')]))).notes).toEqual([])
  })
})
