import { include } from '../../../src/templates/vhost.js'
import { absent, edited, rewritten } from '../edits.js'
import { lines, siteFor, stepCases } from '../harness.js'

const path = '/etc/apache2/deploy-flask/wiki.conf'
const site = await siteFor({ of: 'wiki' })
const text = include(site)

const write = { run: [`write ${path} (root:root 0644)`], undo: [`restore ${path}`] }
const created = [{ kind: 'create', subject: `file ${path}`, diff: lines('+', text), ...write }] as const

stepCases('apache.include', {
  pristine: { of: 'wiki', changes: created },
  converged: { of: 'wiki' },
  'comes beside the PHP site that includes it': { of: 'wiki', on: 'php', changes: created },
  'is written anew when it is gone': { of: 'wiki', answers: { file: absent }, changes: created },
  'is written anew when it was edited': {
    of: 'wiki',
    answers: { file: rewritten((is) => is.replace('WSGIScriptAlias /wiki ', 'WSGIScriptAlias / ')) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        diff: [
          '-WSGIScriptAlias / /srv/wiki/wsgi/wiki-wiki.wsgi',
          '+WSGIScriptAlias /wiki /srv/wiki/wsgi/wiki-wiki.wsgi',
        ],
        ...write,
      },
    ],
  },
  'can be read by whoever looks at the configuration, and written by root alone': {
    of: 'wiki',
    answers: { file: edited({ owner: 'joe', mode: '0666' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'joe:root 0666 becomes root:root 0644',
        run: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
        undo: [`chown -h joe:root ${path}`, `chmod 0666 ${path}`],
      },
    ],
  },
})
