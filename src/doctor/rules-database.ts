import type { HostState } from '../probes/doctor.js'
import { deniedTo, first } from './facts.js'
import type { Rule } from './rule.js'

/** A file or its folder has got another owner or mode, or was written: lines of before say nothing of now. */
const changed = ({ sqlite }: HostState): number => Math.max(0, ...sqlite.map((one) => one.changed))

export const databaseRules: readonly Rule[] = [
  {
    id: 'disk-full',
    severity: 'error',
    texts: [/No space left on device/, /database or disk is full/],
    state: ({ disks }) =>
      first(disks, ({ path, bytes, inodes }) => {
        if (bytes < 20_000_000) return `${path} has ${Math.floor(bytes / 1_000_000)} MB left`
        return inodes !== null && inodes < 100 ? `${path} has room for ${inodes} more files` : undefined
      }),
    settled: true,
    cause: 'the disk of the host is full',
    remedy: 'make room: old logs and backups, "apt-get clean", "journalctl --vacuum-size=100M"',
  },
  {
    id: 'disk-read-only',
    severity: 'error',
    texts: [/Read-only file system/],
    state: ({ disks }) => first(disks, ({ path, readOnly }) => (readOnly ? `${path} is mounted read-only` : undefined)),
    settled: true,
    cause: 'the file system was mounted read-only, as the kernel does after errors of the disk',
    remedy: 'look at "dmesg"; check the disk, then mount it for writing again or restart the host',
  },
  {
    id: 'sqlite-readonly',
    severity: 'error',
    texts: [/attempt to write a readonly database/],
    state: ({ sqlite }) =>
      first(sqlite, ({ user, denied }) => (denied?.why === 'write' ? deniedTo(user, denied) : undefined)),
    changed,
    cause: 'SQLite cannot write its database: the file, its folder or its journal does not belong to the daemon',
    remedy: 'name the file in "sqlite", so that apply gives it and its folder to the daemon',
    repair: 'apply',
    symptomOf: ['disk-full', 'disk-read-only', 'account-missing'],
  },
  {
    id: 'sqlite-unopened',
    severity: 'error',
    texts: [/unable to open database file/],
    state: ({ sqlite }) =>
      first(sqlite, ({ user, denied }) =>
        denied === null || denied.why === 'write' ? undefined : deniedTo(user, denied),
      ),
    changed,
    cause: 'SQLite cannot open its database',
    remedy: 'use an absolute path in <root>/data and name it in "sqlite"; apply gives the folder to the daemon',
    repair: 'apply',
    symptomOf: ['disk-full', 'disk-read-only', 'account-missing'],
  },
  {
    id: 'sqlite-path',
    severity: 'warning',
    state: ({ settings: { loosePaths } }) =>
      loosePaths.length === 0 ? undefined : `setting ${loosePaths.join(', ')} names a relative path, or one in /tmp`,
    cause:
      'the database lies where it will be lost: a relative path begins in the code, which each release replaces, and ' +
      "/tmp of Apache's processes is emptied at each restart",
    remedy: 'use an absolute path in <root>/data (sqlite:////srv/...: four slashes) and name it in "sqlite"',
  },
  {
    id: 'sqlite-locked',
    severity: 'warning',
    texts: [/database is locked/],
    cause: 'a process held the database longer than others were willing to wait',
    remedy: 'keep write transactions short, set a timeout for the connection, and WAL; one process has fewer conflicts',
  },
  {
    id: 'sqlite-nfs',
    severity: 'warning',
    state: ({ sqlite }) =>
      first(sqlite, ({ path, fileSystem }) =>
        /^(nfs|cifs|smb|fuse\.sshfs)/.test(fileSystem) ? `${path} lies on ${fileSystem}` : undefined,
      ),
    cause: 'SQLite is on a network file system, whose locks do not protect it',
    remedy: 'move the database to a disk of the host itself',
  },
]
