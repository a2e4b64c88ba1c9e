import { posix } from 'node:path'
import type { FlagsFile } from '../../src/config/schema.js'
import { staticsOf, type Place } from './places.js'
import { isIn, isNamedScript, mountedBy, onHost, type DirectoryFields } from './settings.js'
import { covers } from './url.js'
import { writtenScript, type Walked } from './world.js'

/** Of the folders with rules of their own, the innermost that holds a path. */
export const directoryOf = (flags: FlagsFile, code: string, path: string): DirectoryFields | undefined =>
  flags.directories
    .filter(({ folder }) => isIn(path, onHost(folder, code)))
    .sort((a, b) => b.folder.length - a.folder.length)[0]

export const extensionsOf = (path: string): readonly string[] =>
  posix
    .basename(path)
    .split('.')
    .slice(1)
    .map((one) => `.${one.toLowerCase()}`)

/** httpd: mod_mime, AddHandler: each extension of a name counts, of several the last. */
export const handlerOf = (fields: DirectoryFields, path: string): string | undefined => {
  if (fields.handler !== undefined) return fields.handler
  const handlers = new Map(Object.entries(fields.handlers ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
  return extensionsOf(path)
    .flatMap((one) => handlers.get(one) ?? [])
    .at(-1)
}

/** Source code that nobody runs is not served, and copies of it neither. */
export const isSource = (fields: DirectoryFields, path: string): boolean =>
  /(^|\/)#[^/]*$|~$/.test(path) ||
  ((/\.(bak|old|orig|rej|save|swp)$/i.test(path) ||
    (fields.handler === undefined && /\.(py|pyc|wsgi|cgi)$/i.test(path))) &&
    !Object.keys(fields.handlers ?? {}).some((one) => one.toLowerCase() === posix.extname(path).toLowerCase()))

const servesFolders = (flags: FlagsFile, code: string): boolean =>
  flags.directories.length > 0 || staticsOf(flags, code).some(({ url }) => url.endsWith('/'))

const isHidden = (path: string): boolean => /\/\.(?!well-known\/)/.test(path)

/** Only what the flags file names is open. */
const isMeant = (flags: FlagsFile, place: Place, path: string, code: string): boolean => {
  switch (place.kind) {
    case 'fallback':
      return path === writtenScript
    case 'application':
      if (path === writtenScript) return true
      return mountedBy(flags).some(({ script, scripts, match }) => {
        if (scripts !== undefined) return isIn(path, onHost(scripts, code))
        if (script === undefined) return false
        if (match === undefined || !script.includes('$')) return path === onHost(script, code)
        const folder = posix.dirname(onHost(script, code).replace(/\$.*/, 'x'))
        return isIn(path, folder) && path.endsWith(script.replace(/^.*\$[1-9]/, ''))
      })
    case 'nothing':
      // the usual instructions say nothing about a DocumentRoot, and Apache's own is closed
      return flags.profile === 'hardened'
    case 'user-directory':
    case 'directory':
    case 'static':
      return true
  }
}

export const isOpen = (flags: FlagsFile, place: Place, { path }: Walked, code: string): boolean => {
  if (flags.profile === 'hardened' && servesFolders(flags, code) && isHidden(path)) return false
  const fields = directoryOf(flags, code, path)
  const isServed = place.kind === 'static' || place.kind === 'directory'
  const isNamed = isNamedScript(flags, path, code)
  if (isServed && !isNamed && fields !== undefined && isSource(fields, path)) return false
  return isMeant(flags, place, path, code)
}

/** Rules about URLs and folders, on top of what is open anyway. */
export const mayReach = (
  flags: FlagsFile,
  urls: readonly string[],
  { path }: Walked,
  code: string,
  client: string,
): boolean =>
  flags.access.every(({ url = '/', folder, addresses, deny }) => {
    const isHere =
      folder === undefined
        ? urls.some((one) => covers(url.replace(/(.)\/$/, '$1'), one))
        : isIn(path, onHost(folder, code))
    if (!isHere) return true
    if (deny === true) return false
    return addresses === undefined || addresses.some((one) => client === one || client.startsWith(`${one}.`))
  })
