import type { Application, ScriptDirectory } from '../core/applications.js'
import type { StaticFiles } from '../core/httpd.js'
import type { Path } from './mistake.js'
import { pathOf, type Names } from './rule.js'
import { isWellFormed } from './rules-applications.js'
import type { FlagsFile } from './schema.js'
import type { ApplicationFields, DirectoryFields } from './schema-applications.js'
import { servedBy, type Folders } from './site-applications.js'
import { staticFilesOf } from './site-httpd.js'

/** An application as it would be served, and where it is written. */
export interface JudgedApplication extends Application {
  readonly path: Path
  /** The field that says where it is mounted. */
  readonly mountPath: Path
  /** What was written for it; of `wsgi`, the fields at the top of the file. */
  readonly fields: Partial<ApplicationFields>
}

export interface JudgedDirectory extends ScriptDirectory {
  readonly path: Path
  readonly fields: DirectoryFields
}

interface JudgedStatic extends StaticFiles {
  readonly field: Path
}

/** What rules that look at several fields are given: everything filled in, each with its place. */
export interface Judged {
  readonly flags: FlagsFile
  readonly names: Names
  readonly folders: Folders
  /** Those that are well formed by themselves. */
  readonly applications: readonly JudgedApplication[]
  readonly directories: readonly JudgedDirectory[]
  readonly static: readonly JudgedStatic[]
}

const judgedApplication = (flags: FlagsFile, it: Application): readonly JudgedApplication[] => {
  const [first, index] = pathOf(it.from)
  if (first === 'wsgi') {
    // the mount that nobody writes has no place
    const mountPath = flags.mount === '/' ? ['wsgi'] : ['mount']
    return [{ ...it, path: ['wsgi'], mountPath, fields: { wsgi: flags.wsgi } }]
  }
  const fields = typeof index === 'number' ? flags.applications[index] : undefined
  if (fields === undefined || !isWellFormed(fields)) return []
  const path = pathOf(it.from)
  return [{ ...it, path, mountPath: [...path, it.mount.kind === 'pattern' ? 'match' : 'mount'], fields }]
}

export const judge = (flags: FlagsFile, names: Names): Judged => {
  const folders = { root: names.root, code: 'path' in flags.code ? flags.code.path : `${names.root}/current` }
  const served = servedBy(flags, folders)
  return {
    flags,
    names,
    folders,
    applications: served.applications.flatMap((it) => judgedApplication(flags, it)),
    directories: served.directories.flatMap((it, index) => {
      const fields = flags.directories[index]
      return fields === undefined ? [] : [{ ...it, path: ['directories', index], fields }]
    }),
    static: staticFilesOf(flags, folders).map((it) => ({ ...it, field: pathOf(it.from) })),
  }
}
