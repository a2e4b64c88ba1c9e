import { vhostOf } from '../../../playbooks/flask-site-parts.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { vhost } from '../../../src/templates/vhost.js'
import { sampleSite } from '../../fixtures/site.js'
import { absent, aFolder, edited, rewritten, withContent } from '../edits.js'
import { lines, stepCases } from '../harness.js'

const path = '/etc/apache2/sites-available/notes.conf'
const rendered = (site: Parameters<typeof sampleSite>[0] = {}, listen = false) =>
  vhost({ ...vhostOf(sampleSite(site), layoutOf(sampleSite(site))), listen })

const write = { run: [`write ${path} (root:root 0644)`], undo: [`restore ${path}`] }
const created = (text: string) =>
  [{ kind: 'create', subject: `file ${path}`, diff: lines('+', text), ...write }] as const
const replaced = (...diff: readonly string[]) => [{ kind: 'update', subject: `file ${path}`, diff, ...write }] as const

const other = (directive: string, value: string) =>
  JSON.stringify([{ file: '/etc/apache2/sites-available/old.conf', directive, value }])

const onPort = { site: { port: 8080 } }
const ports = (text: string) => rewritten((content) => content + text)

stepCases('apache.vhost', {
  pristine: { changes: created(rendered()) },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: created(rendered()) },
  'replaces what was edited by hand': {
    answers: { file: rewritten((text) => text.replace('umask=0027', 'umask=0000')) },
    changes: replaced(
      '-        lang=C.UTF-8 locale=C.UTF-8 umask=0000 display-name=%{GROUP} \\',
      '+        lang=C.UTF-8 locale=C.UTF-8 umask=0027 display-name=%{GROUP} \\',
    ),
  },
  'replaces what an earlier flags file wanted': {
    site: { serverAliases: ['www.notes.test'] },
    changes: replaced('+    ServerAlias www.notes.test'),
  },
  'repairs its mode only': {
    answers: { file: edited({ mode: '0600' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'root:root 0600 becomes root:root 0644',
        run: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
        undo: [`chown -h root:root ${path}`, `chmod 0600 ${path}`],
      },
    ],
  },
  'listens on a port that Apache does not listen on': {
    ...onPort,
    answers: { file: absent },
    changes: created(rendered({ port: 8080 }, true)),
  },
  'does not listen a second time': {
    ...onPort,
    answers: { file: absent, ports: ports('Listen 8080\n') },
    changes: created(rendered({ port: 8080 })),
  },
  'knows a Listen line with an address': {
    ...onPort,
    answers: { file: absent, ports: ports('  Listen 192.0.2.7:8080 http\n') },
    changes: created(rendered({ port: 8080 })),
  },
  'does not take a longer port or a comment for its own': {
    ...onPort,
    answers: { file: absent, ports: ports('Listen 80801\n#Listen 8080\n') },
    changes: created(rendered({ port: 8080 }, true)),
  },
  "refuses a file that is somebody else's": {
    answers: { file: withContent('Alias / /var/www/\n') },
    changes: replaced('-Alias / /var/www/', ...lines('+', rendered())),
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
  'refuses a folder in its place': {
    answers: { file: aFolder() },
    changes: [{ kind: 'update', subject: `file ${path}`, diff: lines('+', rendered()), ...write }],
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a name that another site serves': {
    answers: { others: other('servername', 'Notes.Test') },
    refusals: ['NAME_TAKEN'],
  },
  'refuses an alias that another site serves': {
    site: { serverAliases: ['www.notes.test'] },
    answers: { others: other('serveralias', 'www.notes.test') },
    changes: replaced('+    ServerAlias www.notes.test'),
    refusals: ['NAME_TAKEN'],
  },
  'refuses a process group that another site has': {
    answers: { others: other('wsgidaemonprocess', 'notes') },
    refusals: ['NAME_TAKEN'],
  },
  'knows a name with a scheme and a port': {
    answers: { others: other('servername', 'http://notes.test:80') },
    refusals: ['NAME_TAKEN'],
  },
  'does not take a process group for a host name': { answers: { others: other('wsgidaemonprocess', 'notes.test') } },
})
