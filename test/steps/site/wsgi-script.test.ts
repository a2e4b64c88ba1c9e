import { wsgiScript } from '../../../src/templates/wsgi-script.js'
import { absent, edited, rewritten } from '../edits.js'
import { lines, stepCases } from '../harness.js'

const path = '/srv/notes/wsgi/notes.wsgi'
const write = { run: [`write ${path} (root:root 0644)`], undo: [`restore ${path}`] }
const rendered = wsgiScript({
  site: 'notes',
  settings: '/etc/deploy-flask/notes/settings.json',
  code: '/srv/notes/current',
  wsgi: { module: 'notes', object: 'create_app', factory: true },
})
const created = [{ kind: 'create', subject: `file ${path}`, diff: lines('+', rendered), ...write }] as const

stepCases('site.wsgi-script', {
  pristine: { changes: created },
  converged: {},
  'is written anew when it is gone': { answers: { file: absent }, changes: created },
  'is written anew when it was edited': {
    answers: { file: rewritten((text) => text.replace('create_app()', 'make_app()')) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        diff: ['-application = make_app()', '+application = create_app()'],
        ...write,
      },
    ],
  },
  'may not be written by the daemon': {
    answers: { file: edited({ owner: 'flask-notes', mode: '0664' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'flask-notes:root 0664 becomes root:root 0644',
        run: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
        undo: [`chown -h flask-notes:root ${path}`, `chmod 0664 ${path}`],
      },
    ],
  },
  'imports from the folder of code that is on the host': {
    site: { code: { kind: 'path', path: '/home/me/notes' } },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        diff: ['-sys.path.insert(0, "/srv/notes/current")', '+sys.path.insert(0, "/home/me/notes")'],
        ...write,
      },
    ],
  },
})
