import type { Shown } from '../harness.js'
import { stepCases } from '../harness.js'

const enable: Shown = {
  kind: 'create',
  subject: 'apache module wsgi',
  run: ['a2enmod -q wsgi'],
  undo: ['a2dismod -q -f wsgi'],
}

type Entry = Readonly<Record<string, unknown>>

const wsgi = (change: (entry: Entry) => readonly Entry[]) => (listing: unknown) =>
  (listing as readonly Entry[]).flatMap((entry) => (entry['name'] === 'wsgi.load' ? change(entry) : [entry]))

stepCases('apache.modules', {
  pristine: { changes: [enable] },
  converged: {},
  'enables it on a host that serves PHP, and leaves the MPM alone': { on: 'php', changes: [enable] },
  'enables it when its link is gone': { answers: { enabled: wsgi(() => []) }, changes: [enable] },
  'replaces a link that points elsewhere, and its undo puts it back': {
    answers: { enabled: wsgi((entry) => [{ ...entry, target: '/root/wsgi.load' }]) },
    changes: [
      {
        kind: 'update',
        subject: 'apache module wsgi',
        run: ['rm -f /etc/apache2/mods-enabled/wsgi.load', 'a2enmod -q wsgi'],
        undo: ['a2dismod -q -f wsgi', 'ln -sfn /root/wsgi.load /etc/apache2/mods-enabled/wsgi.load'],
      },
    ],
  },
  'refuses a file that somebody keeps in place of its link': {
    answers: { enabled: wsgi((entry) => [{ ...entry, kind: 'file', target: undefined }]) },
    changes: [{ ...enable, kind: 'update' }],
    refusals: ['FOREIGN_FILE'],
  },
})
