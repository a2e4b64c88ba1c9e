import { posix } from 'node:path'
import type { Behaviour } from '../core/applications.js'
import { isBelow } from './dangerous-paths.js'
import type { Judged, JudgedApplication } from './judged.js'
import { dotted, type Path } from './mistake.js'
import { folderOfTarget } from './places.js'
import type { Broken } from './rule.js'

/** What mod_wsgi reads from the section of the folder that holds a script, whichever URL leads there. */
const shared = ['process-group', 'application-group', 'callable', 'pass-authorization', 'chunked-requests'] as const

const valueOf = (it: Behaviour, key: (typeof shared)[number]): string => {
  switch (key) {
    case 'process-group':
      return it.processGroup
    case 'application-group':
      return it.applicationGroup
    case 'callable':
      return it.callable ?? 'application'
    case 'pass-authorization':
      return String(it.passAuthorization)
    case 'chunked-requests':
      return String(it.chunkedRequests)
  }
}

/** Somebody's own scripts: one file, those of a folder, or those of a folder whose names end in a certain way. */
interface Scripts extends Behaviour {
  readonly path: Path
  readonly field: Path
  readonly folder: string
  /** Undefined: all of them. */
  readonly name?: string
  readonly ending?: string
}

const scriptsOf = (it: JudgedApplication): readonly Scripts[] => {
  const { script, path } = it
  if (script.kind === 'generated') return []
  if (script.kind === 'folder') return [{ ...it, field: [...path, 'scripts'], folder: script.path }]
  const field = [...path, 'script']
  const folder = folderOfTarget(script.path)
  if (!script.path.includes('$')) return [{ ...it, field, folder, name: posix.basename(script.path) }]
  const ending = script.path.replace(/^.*\$[1-9]/, '')
  return [{ ...it, field, folder, ...(ending === '' || ending.includes('/') ? {} : { ending }) }]
}

const isWhole = ({ name, ending }: Scripts): boolean => name === undefined && ending === undefined

/** Whether their sections in Apache's file are about the same scripts, so that the later one wins. */
const isAboutTheSame = (one: Scripts, other: Scripts): boolean => {
  if (one.folder !== other.folder) return false
  // of a folder and scripts in it the scripts win, and nothing contradicts
  if (isWhole(one) || isWhole(other)) return isWhole(one) && isWhole(other)
  if (one.name !== undefined && other.name !== undefined) return one.name === other.name
  const [mine, theirs] = [one.name ?? one.ending ?? '', other.name ?? other.ending ?? '']
  return (one.name === undefined && theirs.endsWith(mine)) || (other.name === undefined && mine.endsWith(theirs))
}

const contradictions = (all: readonly Scripts[]): readonly Broken[] =>
  all.flatMap((later, index) =>
    all.slice(0, index).flatMap((earlier): readonly Broken[] => {
      if (!isAboutTheSame(earlier, later)) return []
      const different = shared.filter((key) => valueOf(earlier, key) !== valueOf(later, key))
      const [key] = different
      if (key === undefined) return []
      const message = `is also served by ${dotted(earlier.path)} with ${key} ${valueOf(earlier, key)}, here with ${valueOf(later, key)}, and mod_wsgi knows one ${key} of a script: write the same for both`
      return [{ path: later.field, message }]
    }),
  )

/** mod_wsgi names the module of a script after its path in small letters. */
const caseTwins = (all: readonly Scripts[]): readonly Broken[] => {
  const first = new Map<string, string>()
  return all.flatMap(({ field, folder, name }) => {
    if (name === undefined) return []
    const script = `${folder}/${name}`
    const other = first.get(script.toLowerCase()) ?? script
    first.set(script.toLowerCase(), other)
    return other === script
      ? []
      : [{ path: field, message: `differs from ${other} in case only, and mod_wsgi takes both for one: rename it` }]
  })
}

const extensionsOf = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split('.')
    .slice(1)
    .map((extension) => `.${extension}`)

/** AddHandler comes after WSGIScriptAlias: Apache would run the script as a CGI program. */
const runAsCgi = (all: readonly Scripts[], { directories }: Judged): readonly Broken[] =>
  all.flatMap(({ field, folder, name, ending }) =>
    directories.flatMap((directory): readonly Broken[] => {
      if (folder !== directory.folder && !isBelow(folder, directory.folder)) return []
      const caught = directory.handlers.find(
        ({ extension, handler }) =>
          handler === 'cgi-script' && extensionsOf(name ?? ending ?? '').includes(extension.toLowerCase()),
      )
      if (caught === undefined) return []
      const message = `would be run as a CGI program: ${dotted(directory.path)} gives ${caught.extension} in ${directory.folder} to cgi-script; give it another extension, .wsgi`
      return [{ path: field, message }]
    }),
  )

/** Of two sections for one folder the handlers of one would hold for the scripts of the other, too. */
const foldersWithHandlers = ({ applications, directories }: Judged): readonly Broken[] =>
  applications.flatMap(({ script, path }) =>
    directories.flatMap((directory): readonly Broken[] => {
      if (script.kind !== 'folder' || script.path !== directory.folder || directory.setHandler !== undefined) return []
      const message = `is the folder of ${dotted(directory.path)}, where not every file is a script: take a folder of its own`
      return [{ path: [...path, 'scripts'], message }]
    }),
  )

export const scriptRules = (judged: Judged): readonly Broken[] => {
  const own = judged.applications.flatMap(scriptsOf)
  const folders = judged.directories.map((it): Scripts => ({ ...it, field: [...it.path, 'folder'] }))
  return [
    ...contradictions([...own, ...folders]),
    ...caseTwins(own),
    ...runAsCgi(own, judged),
    ...foldersWithHandlers(judged),
  ]
}
