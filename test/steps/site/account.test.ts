import { absent, edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'

const group = (name: string): Shown => ({
  kind: 'create',
  subject: `group ${name}`,
  run: [`groupadd --system ${name}`],
  undo: [`groupdel ${name}`],
})
const user = (name: string, itsGroup = name): Shown => ({
  kind: 'create',
  subject: `user ${name}`,
  run: [
    `useradd --system --gid ${itsGroup} --no-create-home --home-dir /nonexistent` +
      ` --shell /usr/sbin/nologin ${name}`,
  ],
  undo: [`userdel ${name}`],
})

const both = [group('flask-notes'), user('flask-notes')]
const joe = { 'process-groups': { jobs: { user: 'joe' } } }

stepCases('site.account', {
  pristine: { changes: both },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: both },
  'comes for each process group that has its own, groups first': {
    of: 'shop',
    on: 'pristine',
    changes: [group('flask-shop'), group('shop-admin'), user('flask-shop'), user('shop-admin')],
  },
  'is there for each process group': { of: 'shop' },
  "of a process group without a group of its own is in the site's": {
    flags: joe,
    answers: { 'user joe': absent },
    changes: [user('joe', 'flask-notes')],
  },
  "of a site that runs as Apache's own is nothing to make": {
    on: 'pristine',
    flags: { user: 'www-data' },
    answers: {
      'user www-data': '{"uid": 33, "gid": 33, "group": "www-data", "home": "/var/www", "shell": "/usr/sbin/nologin"}',
      'group www-data': '{"gid": 33}',
    },
  },
  'is made anew when it was removed': { answers: { 'user flask-notes': absent }, changes: [user('flask-notes')] },
  'gets its group when that is missing': {
    answers: { 'group flask-notes': absent },
    changes: [group('flask-notes')],
  },
  'takes an account that is there as it is': {
    answers: { 'user flask-notes': edited({ shell: '/bin/bash', home: '/home/me' }) },
  },
  'refuses an account that is root under another name': {
    answers: { 'user flask-notes': edited({ uid: 0 }) },
    refusals: ['ACCOUNT_IS_ROOT'],
  },
  'refuses each account of several that is root under another name': {
    of: 'shop',
    answers: { 'user shop-admin': edited({ uid: 0 }), 'user flask-shop': edited({ uid: 0 }) },
    refusals: ['ACCOUNT_IS_ROOT', 'ACCOUNT_IS_ROOT'],
  },
})
