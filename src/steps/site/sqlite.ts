import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import type { Entry } from '../../probes/file.js'
import { folderChange } from '../files.js'
import { refuseReadOnly } from '../mounts.js'
import { setRights } from '../rights.js'
import { pathProbes, refuseWay, type FoundPaths } from './way.js'

/** Files that SQLite keeps beside a database; they must be writable by the same account. */
const besides = ['', '-journal', '-wal', '-shm'] as const

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** A database, what SQLite keeps beside it, and their folder. */
export const sqlitePaths = (file: string): readonly string[] => [
  folderOf(file),
  ...besides.map((beside) => file + beside),
]

/** Write permission as the kernel decides it from owner, group and mode, for an account in its own group. */
const canWrite = (entry: Entry, user: string, group: string): boolean => {
  const mode = Number.parseInt(entry.mode, 8)
  const needed = entry.kind === 'directory' ? 0o3 : 0o6
  const granted = entry.owner === user ? mode >> 6 : entry.group === group ? mode >> 3 : mode
  return (granted & needed) === needed
}

/** The owner's bits on top of what is there. */
const ownerMay = ({ mode, kind }: Entry): string =>
  (Number.parseInt(mode, 8) | (kind === 'directory' ? 0o700 : 0o600)).toString(8).padStart(4, '0')

/** The least that helps: an owner who lacks the bit gets the bit; anybody else becomes the owner, alone. */
const give = (path: string, is: Entry | null, { user, group }: Writer): readonly Change[] => {
  if (is === null || canWrite(is, user, group)) return []
  return [
    {
      kind: 'update',
      subject: `${is.kind === 'directory' ? 'folder' : 'file'} ${path}`,
      reason: `${is.owner}:${is.group} ${is.mode}: SQLite must be able to write it as ${user}`,
      run: [setRights(path, user, ownerMay(is))],
      undo: [setRights(path, is.owner, is.mode)],
    },
  ]
}

const folderFor = (path: string, is: Entry | null, writer: Writer): readonly Change[] =>
  is === null
    ? folderChange(path, is, { owner: writer.user, group: writer.group, mode: '0750' })
    : give(path, is, writer)

const refuse = (path: string, is: Entry | null): readonly DeployError[] => {
  if (is === null) return []
  const fault =
    is.kind === 'link'
      ? `is a link to ${is.target ?? '?'}`
      : is.kind === 'other' || is.kind === 'directory'
        ? 'is not a regular file'
        : is.links > 1
          ? 'has a second name (hard link)'
          : undefined
  if (fault === undefined) return []
  return [
    new DeployError('PATH_DANGEROUS', {
      what: `the SQLite file ${path} ${fault}: giving it away would give away something else`,
      remedy: 'put the database itself into a folder of its own and name that path in "sqlite"',
    }),
  ]
}

/** chmod follows a link: the rights of what it points to would change. */
const refuseFolder = (path: string, is: Entry | null): readonly DeployError[] =>
  is === null || is.kind === 'directory'
    ? refuseReadOnly(path, is)
    : [
        new DeployError('PATH_DANGEROUS', {
          what: `the folder of the SQLite file, ${path}, is a ${is.kind}${is.target === undefined ? '' : ` to ${is.target}`}`,
          remedy: 'name the path where the database really lies in "sqlite"',
        }),
      ]

const takeAnother = "take a folder to which all folders above are root's, or give the file to the account yourself"

export interface Writer {
  readonly user: string
  readonly group: string
}

/**
 * SQLite files and their folders can be written by the daemon's user: a journal is made beside the file. The folder
 * `ownFolder` is another step's.
 */
export const sqlite = (files: readonly string[], writer: Writer, ownFolder: string): Step => {
  const folders = [...new Set(files.map(folderOf))].filter((folder) => folder !== ownFolder)
  const paths = files.flatMap((file) => besides.map((beside) => file + beside))
  const changesIn = (folder: string, is: FoundPaths): readonly Change[] => [
    ...folderFor(folder, is[folder] ?? null, writer),
    ...paths.filter((path) => folderOf(path) === folder).flatMap((path) => give(path, is[path] ?? null, writer)),
  ]
  return defineStep({
    id: 'site.sqlite',
    why: 'SQLite writes beside the file, too, so the folder must be writable for the daemon, and nothing else',
    title: `SQLite files can be written by ${writer.user}`,
    probes: pathProbes([...folders, ...paths], folders),
    refuse: (is) => [
      ...folders.flatMap((path) => refuseFolder(path, is[path] ?? null)),
      ...paths.flatMap((path) => refuse(path, is[path] ?? null)),
      ...folders.flatMap((path) => (changesIn(path, is).length > 0 ? refuseWay(path, is, takeAnother) : [])),
    ],
    plan: (is): readonly Change[] => [
      ...folders.flatMap((path) => folderFor(path, is[path] ?? null, writer)),
      ...paths.flatMap((path) => give(path, is[path] ?? null, writer)),
    ],
  })
}
