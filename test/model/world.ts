import { posix } from 'node:path'

/** What is on the host, whatever the flags file says. */
export interface World {
  readonly files: ReadonlySet<string>
  /** Names of the WSGI applications in each file that has any. */
  readonly applicationsIn: ReadonlyMap<string, readonly string[]>
  readonly codeFolder: string
  /** Address of who asks. */
  readonly client: string
}

export interface Asked {
  /** As it is sent, with the query. */
  readonly path: string
  /** The Host header. */
  readonly host: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Answer =
  | {
      readonly kind: 'application'
      /** Where the object comes from: `/srv/x/wiki.wsgi:application`, `probe:app`. */
      readonly application: string
      readonly scriptName: string
      readonly pathInfo: string
      readonly processGroup: string
      readonly applicationGroup: string
    }
  | { readonly kind: 'cgi'; readonly cgi: string; readonly scriptName: string; readonly pathInfo: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'listing' }
  | { readonly kind: 'status'; readonly status: number }

/** A path of the file system, as far as it leads to something; the rest is PATH_INFO (httpd: directory walk). */
export interface Walked {
  readonly path: string
  readonly pathInfo: string
  readonly is: 'file' | 'folder' | 'missing'
}

/** The DocumentRoot of a site that has none: there is nothing in it. */
export const emptyFolder = '/var/lib/deploy-flask/empty'

const folders = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>()

const above = (path: string): readonly string[] => {
  const folder = posix.dirname(path)
  return folder === '/' ? [] : [folder, ...above(folder)]
}

const foldersOf = (files: ReadonlySet<string>): ReadonlySet<string> => {
  const known = folders.get(files)
  if (known !== undefined) return known
  const found = new Set<string>([emptyFolder, ...above(emptyFolder)])
  for (const file of files) for (const folder of above(file)) found.add(folder)
  folders.set(files, found)
  return found
}

/** Stands for a script that we write: where it lies is not for a model to know. */
export const writtenScript = '/written.wsgi'

export const walk = (path: string, { files }: World): Walked => {
  let at = ''
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    if (segment === '') break
    at += `/${segment}`
    if (foldersOf(files).has(at)) continue
    const rest = segments.slice(index + 1).map((one) => `/${one}`)
    return { path: at, pathInfo: rest.join(''), is: files.has(at) || at === writtenScript ? 'file' : 'missing' }
  }
  return { path: at, pathInfo: '', is: 'folder' }
}
