import { posix } from 'node:path'
import type { Application } from '../core/applications.js'
import type { Names } from './rule.js'
import type { FlagsFile } from './schema.js'
import type { Folders } from './site-applications.js'

/** `shop.web:app` may be found in `shop/web/`. */
export const moduleFolders = (flags: FlagsFile, { code }: Folders): readonly string[] =>
  [
    flags.wsgi,
    flags.wrapper,
    ...flags.applications.flatMap(({ wsgi, wrapper }) => [wsgi, wrapper]),
    ...flags.directories.map(({ fallback }) => fallback?.wsgi),
  ].flatMap((object) => {
    const [module = ''] = object?.split(':') ?? []
    return module === '' ? [] : [`${code}/${module.replaceAll('.', '/')}`]
  })

/** What the application itself can write. */
export const writableFolders = ({ root, sqlite }: Names): readonly string[] => [
  `${root}/data`,
  ...sqlite.map((file) => posix.dirname(file)),
]

/** Of `/dir/$1.wsgi`: `/dir`; of a file, the folder that it is in. */
export const folderOfTarget = (path: string): string => {
  const dollar = path.indexOf('$')
  return posix.dirname(dollar === -1 ? path : path.slice(0, dollar + 1))
}

/** The script of somebody's own, the one that ours runs first included; several where it is a folder or holds $1. */
export const ownScriptOf = ({ script }: Application): string | undefined => {
  if (script.kind !== 'generated') return script.path
  return 'script' in script.wsgi ? script.wsgi.script : undefined
}

/** Source code and databases, by their names. */
export const isPrivateName = (file: string): boolean =>
  /\.(py|pyc|pyo|wsgi|db|sqlite3?|(db|sqlite3?)-(journal|wal|shm))$/i.test(file)
