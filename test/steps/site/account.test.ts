import { absent, edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'

const group: Shown = {
  kind: 'create',
  subject: 'group flask-notes',
  run: ['groupadd --system flask-notes'],
  undo: ['groupdel flask-notes'],
}
const user: Shown = {
  kind: 'create',
  subject: 'user flask-notes',
  run: [
    'useradd --system --gid flask-notes --no-create-home --home-dir /nonexistent' +
      ' --shell /usr/sbin/nologin flask-notes',
  ],
  undo: ['userdel flask-notes'],
}

stepCases('site.account', {
  pristine: { changes: [group, user] },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: [group, user] },
  'is made anew when it was removed': { answers: { user: absent }, changes: [user] },
  'gets its group when that is missing': { answers: { group: absent }, changes: [group] },
  'takes an account that is there as it is': { answers: { user: edited({ shell: '/bin/bash', home: '/home/me' }) } },
  'refuses an account that is root under another name': {
    answers: { user: edited({ uid: 0 }) },
    refusals: ['PATH_DANGEROUS'],
  },
})
