import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { wsgiScripts } from '../../../playbooks/flask-site-parts.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { wsgiScript } from '../../../src/templates/wsgi-script.js'
import { absent, aFolder, aLink, edited, rewritten, withContent } from '../edits.js'
import { lines, siteFor, stepCases, type Given, type Shown } from '../harness.js'

/** The text of each script of a site, by its path. */
const textsOf = async (given: Given): Promise<ReadonlyMap<string, string>> => {
  const site = await siteFor(given)
  return new Map(wsgiScripts(site, layoutOf(site)).map((it) => [it.script.path, wsgiScript(it)]))
}

const path = '/srv/notes/wsgi/notes.wsgi'
const write = (file = path) => ({ run: [`write ${file} (root:root 0644)`], undo: [`restore ${file}`] })
const rendered = wsgiScript({
  site: 'notes',
  settings: '/etc/deploy-flask/notes/settings.json',
  code: '/srv/notes/current',
  reports: true,
  script: { path, wsgi: { module: 'notes', object: 'create_app', factory: true }, hidesScriptName: false },
})
const create = (file: string, text: string): Shown => ({
  kind: 'create',
  subject: `file ${file}`,
  diff: lines('+', text),
  ...write(file),
})
const created = [create(path, rendered)]
const replaced = (...diff: readonly string[]) =>
  [{ kind: 'update', subject: `file ${path}`, diff, ...write() }] as const

const shops = [...(await textsOf({ of: 'shop' }))].map(([file, text]) => create(file, text))
const admins = '/srv/shop/wsgi/shop-admin.wsgi'

const seed: Given = { flags: { profile: 'seed', code: { path: '/home/me/notes' }, settings: {}, init: undefined } }
const beside = '/home/me/notes/notes.wsgi'
const byHand =
  'import sys\nsys.path.insert(0, "/home/me/notes")\nfrom notes import create_app\napplication = create_app()\n'
const threeLines = (await textsOf(seed)).get(beside) ?? ''

const adopted = (text: string, of = text): Given => ({
  flags: {
    ...seed.flags,
    adopted: { script: '/home/me/by-hand.wsgi', 'script-hash': createHash('sha256').update(of).digest('hex') },
  },
  answers: { '/home/me/by-hand.wsgi': withContent(text), 'way to /home/me/by-hand.wsgi': absent },
})
const quoted = byHand.replaceAll('"', "'").replace('import sys', '# the notes\n\nimport sys')
const secretive = `import os\nos.environ['SECRET_KEY'] = 'hunter2'\n${byHand}`
const keptIn = '/var/lib/deploy-flask/notes/home%me%by-hand.wsgi.by-hand'

stepCases('site.wsgi-script', {
  pristine: { changes: created },
  converged: {},
  'are written for each application that is a module, or that something is put around': {
    of: 'shop',
    on: 'pristine',
    changes: shops,
  },
  'are there for each application': { of: 'shop' },
  'are written anew one by one': {
    of: 'shop',
    answers: { [admins]: absent },
    changes: shops.filter(({ subject }) => subject === `file ${admins}`),
  },
  'is written anew when it is gone': { answers: { [path]: absent }, changes: created },
  'is written anew when it was edited': {
    answers: { [path]: rewritten((text) => text.replace('create_app()', 'make_app()')) },
    changes: replaced('-application = make_app()', '+application = create_app()'),
  },
  'is written into a file that somebody has only touched': {
    answers: { [path]: withContent('') },
    changes: replaced(...lines('+', rendered)),
  },
  'may not be written by the daemon': {
    answers: { [path]: edited({ owner: 'flask-notes', mode: '0664' }) },
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
    flags: { code: { path: '/home/me/notes' } },
    changes: replaced('-sys.path.insert(0, "/srv/notes/current")', '+sys.path.insert(0, "/home/me/notes")'),
  },
  'lies beside the code where the usual instructions are followed': {
    ...seed,
    answers: { [beside]: absent },
    changes: [create(beside, threeLines)],
  },
  'is there beside the code': { ...seed, answers: { [beside]: withContent(threeLines) } },
  'refuses one that somebody has written by these instructions': {
    ...seed,
    answers: { [beside]: withContent(byHand) },
    changes: [
      {
        kind: 'update',
        subject: `file ${beside}`,
        diff: ['+# Managed by deploy-flask for the site notes: changes made here are replaced.', '+', '+', '+'],
        ...write(beside),
      },
    ],
    refusals: ['FOREIGN_FILE'],
  },
  'leaves one that was made by hand and says the same': { ...adopted(quoted) },
  'replaces one that was made by hand and is what it was, keeps it, and shows no secret of it': {
    ...adopted(secretive),
    changes: [
      {
        kind: 'update',
        subject: 'file /home/me/by-hand.wsgi',
        reason: `made by hand; what it was is kept in ${keptIn}`,
        diff: [
          '-import os',
          "-os.environ['SECRET_KEY'] = ***",
          '+# Managed by deploy-flask for the site notes: changes made here are replaced.',
          '+',
          '+',
          '+',
        ],
        run: ['keep /home/me/by-hand.wsgi as it was made by hand', 'write /home/me/by-hand.wsgi (root:root 0644)'],
        undo: ['restore /home/me/by-hand.wsgi', `rm -f -- ${keptIn} ${keptIn}.new`],
      },
    ],
  },
  'refuses to write one that was made by hand where others than root can change the way to it': {
    ...adopted(secretive),
    answers: {
      ...adopted(secretive).answers,
      'way to /home/me/by-hand.wsgi': aFolder({ path: '/home/me', owner: 'me', group: 'me' }),
    },
    changes: expect.any(Array) as readonly Shown[],
    refusals: ['PATH_DANGEROUS'],
  },
  'leaves one that says the same, whoever can change the way to it': {
    ...adopted(quoted),
    answers: {
      ...adopted(quoted).answers,
      'way to /home/me/by-hand.wsgi': aFolder({ path: '/home/me', owner: 'me', group: 'me' }),
    },
  },
  'refuses one that was made by hand and changed since': {
    ...adopted(secretive, byHand),
    changes: expect.any(Array) as readonly Shown[],
    refusals: ['FOREIGN_FILE'],
  },
  'refuses one that another site has written': {
    answers: { [path]: rewritten((text) => text.replace('the site notes:', 'the site notes-admin:')) },
    changes: replaced(
      '-# Managed by deploy-flask for the site notes-admin: changes made here are replaced.',
      '+# Managed by deploy-flask for the site notes: changes made here are replaced.',
    ),
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a link: what it leads to is not ours': {
    answers: { [path]: aLink('/home/me/notes.wsgi') },
    changes: replaced(...lines('+', rendered)),
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a folder in its place': {
    answers: { [path]: aFolder() },
    changes: replaced(...lines('+', rendered)),
    refusals: ['FOREIGN_FILE'],
  },
})
