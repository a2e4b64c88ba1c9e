import { edited } from '../edits.js'
import { stepCases } from '../harness.js'

const free = (bytes: number, readOnly = false, inodes: number | null = 5000) =>
  edited({ free: [{ path: '/var', bytes, inodes, readOnly }] })
const focal = edited({ id: 'ubuntu', version: '20.04', name: 'Ubuntu 20.04.6 LTS' })

stepCases('host.fit', {
  pristine: {},
  converged: {},
  'is content with a host that serves PHP': { on: 'php' },
  'refuses another release': { answers: { host: focal }, refusals: ['HOST_UNSUPPORTED'] },
  'refuses another distribution with the same number': {
    answers: { host: edited({ id: 'linuxmint', version: '18.04' }) },
    refusals: ['HOST_UNSUPPORTED'],
  },
  'refuses a host without /etc/os-release': {
    answers: { host: edited({ id: '', version: '', name: '' }) },
    refusals: ['HOST_UNSUPPORTED'],
  },
  'takes another release when that was asked for': { site: { allowUnsupported: true }, answers: { host: focal } },
  'refuses a host without systemd, also when other releases are allowed': {
    site: { allowUnsupported: true },
    answers: { host: edited({ systemd: false }) },
    refusals: ['HOST_UNFIT'],
  },
  'refuses a read-only file system': { answers: { host: free(10 ** 10, true) }, refusals: ['HOST_READ_ONLY'] },
  'refuses a full disk': { answers: { host: free(299 * 1024 ** 2) }, refusals: ['DISK_FULL'] },
  'is content with 300 MiB': { answers: { host: free(300 * 1024 ** 2) } },
  'refuses a disk without inodes': { answers: { host: free(10 ** 10, false, 4999) }, refusals: ['DISK_FULL'] },
  'is content where a file system makes inodes as it needs them': { answers: { host: free(10 ** 10, false, null) } },
  'refuses a clock of the past': {
    answers: { host: edited({ clock: Date.UTC(2018, 3, 26) / 1000 }) },
    refusals: ['HOST_CLOCK_WRONG'],
  },
  'warns of a clock that is far ahead': {
    answers: { host: edited({ clock: Date.UTC(2036, 0, 1) / 1000 }) },
    notes: ['the clock of the host says 2036-01-01 00:00 UTC: where that is wrong, package lists will have expired'],
  },
  'names a full disk once, however many folders lie on it': {
    answers: {
      host: edited({
        free: [
          { path: '/usr', bytes: 0, inodes: 9, readOnly: false },
          { path: '/var', bytes: 0, inodes: 9, readOnly: false },
        ],
      }),
    },
    refusals: ['DISK_FULL'],
  },
  'tells everything that is wrong at once': {
    answers: {
      host: edited({
        version: '16.04',
        systemd: false,
        clock: 10 ** 9,
        free: [{ path: '/', bytes: 0, inodes: 0, readOnly: false }],
      }),
    },
    refusals: ['HOST_UNSUPPORTED', 'HOST_UNFIT', 'DISK_FULL', 'HOST_CLOCK_WRONG'],
  },
})
