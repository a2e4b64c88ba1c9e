import { absent, aFile, aFolder, aLink, edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'

const created = (path: string, owner: string, group: string, mode: string): Shown => ({
  kind: 'create',
  subject: `folder ${path}`,
  run: [`install -d -o ${owner} -g ${group} -m ${mode} ${path}`],
  undo: [`rmdir --ignore-fail-on-non-empty ${path}`],
})

const all = [
  created('/var/lib/deploy-flask/empty', 'root', 'root', '0755'),
  created('/etc/deploy-flask', 'root', 'root', '0755'),
  created('/etc/deploy-flask/notes', 'root', 'flask-notes', '0750'),
  created('/srv/notes', 'root', 'root', '0755'),
  created('/srv/notes/releases', 'root', 'root', '0755'),
  created('/srv/notes/venvs', 'root', 'root', '0755'),
  created('/srv/notes/wsgi', 'root', 'root', '0755'),
  created('/srv/notes/data', 'flask-notes', 'flask-notes', '0750'),
]

const ofWiki = (folder: Shown): Shown =>
  JSON.parse(JSON.stringify(folder).replaceAll('flask-notes', 'flask-wiki').replaceAll('/notes', '/wiki')) as Shown

const seed = { profile: 'seed', code: { path: '/home/me/notes' }, init: undefined }
const asInstructed = [
  created('/etc/deploy-flask', 'root', 'root', '0755'),
  created('/etc/deploy-flask/notes', 'root', 'www-data', '0750'),
  created('/srv/notes', 'root', 'root', '0755'),
]

stepCases('site.folders', {
  pristine: { changes: all },
  converged: {},
  'come beside a PHP site': { on: 'php', changes: all },
  'are the roots of other file systems where something is mounted': {
    answers: { '/srv/notes/data': edited({ mounted: true, owner: 'root' }) },
    changes: [
      {
        kind: 'update',
        subject: 'folder /srv/notes/data',
        reason: 'root:flask-notes 0750 becomes flask-notes:flask-notes 0750',
        run: ['chown -h flask-notes:flask-notes /srv/notes/data', 'chmod 0750 /srv/notes/data'],
        undo: ['chown -h root:flask-notes /srv/notes/data', 'chmod 0750 /srv/notes/data'],
      },
    ],
  },
  'are refused where one of them cannot be written': {
    answers: { '/srv/notes/data': edited({ mounted: true, readOnly: true }) },
    refusals: ['HOST_READ_ONLY'],
  },
  'need no folder of releases for code that is on the host': {
    on: 'pristine',
    flags: { code: { path: '/home/me/notes' } },
    changes: all.filter(({ subject }) => subject !== 'folder /srv/notes/releases'),
  },
  'hold what an existing site includes, where the application is mounted in one': {
    of: 'wiki',
    on: 'php',
    changes: [...all.map((folder) => ofWiki(folder)), created('/etc/apache2/deploy-flask', 'root', 'root', '0755')],
  },
  'are there for an application in an existing site': { of: 'wiki' },
  'are few where the usual instructions are followed': {
    on: 'pristine',
    flags: { ...seed, sqlite: ['/home/me/notes/db/notes.db'] },
    changes: asInstructed,
  },
  'hold a database that lies in the folder of the site, also where the usual instructions are followed': {
    on: 'pristine',
    flags: { ...seed, sqlite: ['notes.db'] },
    changes: [...asInstructed, created('/srv/notes/data', 'www-data', 'www-data', '0750')],
  },
  'are made anew when one is gone': {
    answers: { '/var/lib/deploy-flask/empty': absent },
    changes: [created('/var/lib/deploy-flask/empty', 'root', 'root', '0755')],
  },
  'get their owner back, and nothing inside them is touched': {
    answers: { '/srv/notes/data': edited({ owner: 'root', group: 'root' }) },
    changes: [
      {
        kind: 'update',
        subject: 'folder /srv/notes/data',
        reason: 'root:root 0750 becomes flask-notes:flask-notes 0750',
        run: ['chown -h flask-notes:flask-notes /srv/notes/data', 'chmod 0750 /srv/notes/data'],
        undo: ['chown -h root:root /srv/notes/data', 'chmod 0750 /srv/notes/data'],
      },
    ],
  },
  'get their mode back': {
    answers: { '/etc/deploy-flask/notes': edited({ mode: '0777' }) },
    changes: [
      {
        kind: 'update',
        subject: 'folder /etc/deploy-flask/notes',
        reason: 'root:flask-notes 0777 becomes root:flask-notes 0750',
        run: ['chown -h root:flask-notes /etc/deploy-flask/notes', 'chmod 0750 /etc/deploy-flask/notes'],
        undo: ['chown -h root:flask-notes /etc/deploy-flask/notes', 'chmod 0777 /etc/deploy-flask/notes'],
      },
    ],
  },
  'refuse a link in their place': {
    answers: { '/srv/notes': aLink('/home/me') },
    changes: [created('/srv/notes', 'root', 'root', '0755')],
    refusals: ['PATH_TAKEN'],
  },
  'refuse a place that others can exchange': {
    answers: { 'way to /srv/notes': aFolder({ path: '/srv', owner: 'me', group: 'me' }) },
    refusals: ['PATH_DANGEROUS'],
  },
  'refuse a file in their place': {
    answers: { '/srv/notes/wsgi': aFile() },
    changes: [created('/srv/notes/wsgi', 'root', 'root', '0755')],
    refusals: ['PATH_TAKEN'],
  },
})
