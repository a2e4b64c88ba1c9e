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

const enabled = (name: string): Shown => ({
  kind: 'create',
  subject: `apache module ${name}`,
  run: [`a2enmod -q ${name}`],
  undo: [`a2dismod -q -f ${name}`],
})

const withoutIt = (name: string) => (listing: unknown) =>
  (listing as readonly Entry[]).filter((entry) => entry['name'] !== `${name}.load`)

const withMpm = (mpm: string) => (listing: unknown) =>
  (listing as readonly Entry[]).flatMap((entry) =>
    entry['name'] === 'cgid.load'
      ? []
      : [entry['name'] === 'mpm_event.load' ? { ...entry, name: `mpm_${mpm}.load` } : entry],
  )

stepCases('apache.modules', {
  pristine: { changes: [enable] },
  converged: {},
  'are those that the site uses, and on a host without Apache not those that come with it': {
    on: 'pristine',
    of: 'shop',
    changes: ['wsgi', 'rewrite', 'cgid', 'expires', 'headers'].map(enabled),
  },
  'are enabled already where a site that uses them is deployed': { of: 'shop' },
  'are those that a prefork MPM needs: mod_php has brought it': {
    on: 'php',
    of: 'shop',
    changes: ['wsgi', 'rewrite', 'cgi', 'expires', 'headers'].map(enabled),
  },
  'are those that a worker MPM needs': {
    of: 'shop',
    answers: { enabled: withMpm('worker') },
    changes: [enabled('cgid')],
  },
  'include one that comes with Apache where somebody has disabled it': {
    answers: { enabled: withoutIt('alias') },
    changes: [enabled('alias')],
  },
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
