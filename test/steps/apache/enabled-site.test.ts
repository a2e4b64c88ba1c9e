import { absent, aFile, aFolder, aLink, edited } from '../edits.js'
import { stepCases } from '../harness.js'

const link = '/etc/apache2/sites-enabled/notes.conf'

stepCases('apache.enabled-site', {
  pristine: {
    changes: [
      { kind: 'create', subject: 'apache site notes', run: ['a2ensite -q notes'], undo: ['a2dissite -q notes'] },
    ],
  },
  converged: {},
  'enables a site that was disabled': {
    answers: { link: absent },
    changes: [
      { kind: 'create', subject: 'apache site notes', run: ['a2ensite -q notes'], undo: ['a2dissite -q notes'] },
    ],
  },
  'replaces a link that leads nowhere, and its undo puts it back': {
    answers: { link: aLink('/root/other.conf') },
    changes: [
      {
        kind: 'update',
        subject: 'apache site notes',
        run: [`rm -f ${link}`, 'a2ensite -q notes'],
        undo: ['a2dissite -q notes', `ln -sfn /root/other.conf ${link}`],
      },
    ],
  },
  'replaces a link that leads to another of the available sites': {
    answers: {
      link: edited({ target: '../sites-available/shop.conf', leads: '/etc/apache2/sites-available/shop.conf' }),
    },
    changes: [
      {
        kind: 'update',
        subject: 'apache site notes',
        run: [`rm -f ${link}`, 'a2ensite -q notes'],
        undo: ['a2dissite -q notes', `ln -sfn ../sites-available/shop.conf ${link}`],
      },
    ],
  },
  'refuses a link that leads out of them': {
    answers: { link: edited({ target: '/root/other.conf', leads: '/root/other.conf' }) },
    changes: [
      {
        kind: 'update',
        subject: 'apache site notes',
        run: [`rm -f ${link}`, 'a2ensite -q notes'],
        undo: ['a2dissite -q notes', `ln -sfn /root/other.conf ${link}`],
      },
    ],
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a file that somebody keeps there': {
    answers: { link: aFile() },
    changes: [
      { kind: 'update', subject: 'apache site notes', run: ['a2ensite -q notes'], undo: ['a2dissite -q notes'] },
    ],
    refusals: ['FOREIGN_FILE'],
  },
  'refuses a folder that somebody keeps there': {
    answers: { link: aFolder() },
    changes: [
      { kind: 'update', subject: 'apache site notes', run: ['a2ensite -q notes'], undo: ['a2dissite -q notes'] },
    ],
    refusals: ['FOREIGN_FILE'],
  },
})
