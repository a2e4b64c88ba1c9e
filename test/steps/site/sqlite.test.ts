import { dirname } from 'node:path/posix'
import { absent, aFile, aFolder, aLink, edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'

const database = '/srv/notes/data/notes.db'
const why = (is: string) => `${is}: SQLite must be able to write it as flask-notes`

const given = (path: string, kind: 'file' | 'folder', is: string, mode: string): Shown => {
  const [owner = '', before = ''] = [is.split(':')[0], is.split(' ')[1]]
  return {
    kind: 'update',
    subject: `${kind} ${path}`,
    reason: why(is),
    run: [`give ${path} to flask-notes, mode ${mode}`],
    undo: [`give ${path} to ${owner}, mode ${before}`],
  }
}

const elsewhere = '/var/www/php/app.db'
const shared = { sqlite: [elsewhere] }
const safe = { [`way to ${dirname(elsewhere)}`]: absent }
const changeable = aFolder({ path: '/var/www', owner: 'www-data', group: 'www-data' })
const beside = { [`${elsewhere}-journal`]: absent, [`${elsewhere}-wal`]: absent, [`${elsewhere}-shm`]: absent }
const wwwFile = aFile({ owner: 'flask-notes', group: 'www-data', mode: '0660' })

stepCases('site.sqlite', {
  pristine: {},
  converged: {},
  'has nothing to give on a host that serves PHP': { on: 'php' },
  'gives a database back that root has copied over it': {
    answers: { [database]: edited({ owner: 'root', group: 'root' }) },
    changes: [given(database, 'file', 'root:root 0644', '0644')],
  },
  'gives a journal back that root has left behind': {
    answers: { [`${database}-journal`]: aFile({ mode: '0600' }) },
    changes: [given(`${database}-journal`, 'file', 'root:root 0600', '0600')],
  },
  'gives the write-ahead log and its index too': {
    answers: { [`${database}-wal`]: aFile(), [`${database}-shm`]: aFile() },
    changes: [
      given(`${database}-wal`, 'file', 'root:root 0644', '0644'),
      given(`${database}-shm`, 'file', 'root:root 0644', '0644'),
    ],
  },
  'adds only the bit that its owner lacks': {
    answers: { [database]: edited({ mode: '0444' }) },
    changes: [given(database, 'file', 'flask-notes:flask-notes 0444', '0644')],
  },
  'leaves a database that the group may write': {
    answers: { [database]: edited({ owner: 'root', group: 'flask-notes', mode: '0660' }) },
  },
  'does not count the rights of others for the owner': {
    answers: { [database]: edited({ mode: '0066' }) },
    changes: [given(database, 'file', 'flask-notes:flask-notes 0066', '0666')],
  },
  'leaves a database that everybody may write': {
    answers: { [database]: edited({ owner: 'me', group: 'me', mode: '0666' }) },
  },
  'makes the folder of a database that lies elsewhere': {
    site: shared,
    answers: { ...safe, '/var/www/php': absent, [elsewhere]: absent, ...beside },
    changes: [
      {
        kind: 'create',
        subject: 'folder /var/www/php',
        run: ['install -d -o flask-notes -g flask-notes -m 0750 /var/www/php'],
        undo: ['rmdir --ignore-fail-on-non-empty /var/www/php'],
      },
    ],
  },
  'gives the folder of a database that lies elsewhere, for the journal is made there': {
    site: shared,
    answers: { ...safe, '/var/www/php': aFolder(), [elsewhere]: wwwFile, ...beside },
    changes: [given('/var/www/php', 'folder', 'root:root 0755', '0755')],
  },
  'leaves a folder in which the group may make files': {
    site: shared,
    answers: {
      ...safe,
      '/var/www/php': aFolder({ group: 'flask-notes', mode: '2775' }),
      [elsewhere]: wwwFile,
      ...beside,
    },
  },
  'refuses a link: giving it away would give away something else': {
    answers: { [database]: aLink('/etc/shadow') },
    refusals: ['PATH_DANGEROUS'],
  },
  'refuses a folder that cannot be written': {
    site: shared,
    answers: {
      ...safe,
      '/var/www/php': aFolder({ owner: 'flask-notes', readOnly: true }),
      [elsewhere]: absent,
      ...beside,
    },
    refusals: ['HOST_READ_ONLY'],
  },
  'refuses a folder that is a link': {
    site: shared,
    answers: { ...safe, '/var/www/php': aLink('/etc'), [elsewhere]: wwwFile, ...beside },
    refusals: ['PATH_DANGEROUS'],
  },
  'refuses a folder that others can exchange while root gives it away': {
    site: shared,
    answers: {
      [`way to ${dirname(elsewhere)}`]: changeable,
      '/var/www/php': aFolder(),
      [elsewhere]: wwwFile,
      ...beside,
    },
    changes: [given('/var/www/php', 'folder', 'root:root 0755', '0755')],
    refusals: ['PATH_DANGEROUS'],
  },
  'leaves what is right already, whoever can change the way to it': {
    site: shared,
    answers: {
      [`way to ${dirname(elsewhere)}`]: changeable,
      '/var/www/php': aFolder({ group: 'flask-notes', mode: '2775' }),
      [elsewhere]: wwwFile,
      ...beside,
    },
  },
  'refuses a file with a second name': {
    answers: { [database]: edited({ links: 2 }) },
    refusals: ['PATH_DANGEROUS'],
  },
  'refuses a folder in the place of a database': {
    answers: { [database]: aFolder({ owner: 'flask-notes' }) },
    refusals: ['PATH_DANGEROUS'],
  },
  'refuses a device in the place of a journal': {
    answers: { [`${database}-journal`]: aFile({ kind: 'other', mode: '0666' }) },
    refusals: ['PATH_DANGEROUS'],
  },
})
