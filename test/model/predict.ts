import { posix } from 'node:path'
import type { FlagsFile } from '../../src/config/schema.js'
import { directoryOf, extensionsOf, handlerOf, isOpen, isSource, mayReach } from './access.js'
import { environOf } from './environ.js'
import { groupName } from './groups.js'
import { placeOf, staticsOf, type Place } from './places.js'
import { isIn, isNamedScript, mainGroup, settingsOfScript, type DirectoryFields, type Settings } from './settings.js'
import { covers, scriptNameOf, uriOf } from './url.js'
import { walk, writtenScript, type Answer, type Asked, type Walked, type World } from './world.js'

/** What answers a URL: written from the documents of Apache and mod_wsgi, without a look at what we render. */
export const predict = (flags: FlagsFile, asked: Asked, world: World): Answer => {
  const normal = uriOf(asked.path)
  if ('status' in normal) return status(normal.status)
  const environ = environOf(flags, normal.uri, asked, world.client)
  return answerAt(normal.uri, { flags, asked, world, environ })
}

interface Scene {
  readonly flags: FlagsFile
  readonly asked: Asked
  readonly world: World
  readonly environ: ReadonlyMap<string, string>
}

/** A URL, as far as Apache knows what it leads to. */
interface Mapped {
  readonly uri: string
  readonly place: Place
  readonly walked: Walked
  /** The rules of the folder, where it has any. */
  readonly fields: DirectoryFields | undefined
}

const status = (code: number): Answer => ({ kind: 'status', status: code })

const answerAt = (wanted: string, scene: Scene): Answer => {
  const { flags, world } = scene
  const { codeFolder, files, client } = world
  const place = placeOf(flags, codeFolder, wanted, (path) => files.has(path))
  const uri = ('uri' in place ? place.uri : undefined) ?? wanted
  const walked = walk(place.file, world)
  // mod_status as Debian has it: for the host itself only, whoever has that URL
  if (covers('/server-status', wanted)) return status(403)
  // what a script gets that answers everything else is asked for by two URLs
  const urls = place.kind === 'fallback' ? [wanted, walked.pathInfo] : [wanted]
  if (!mayReach(flags, urls, walked, codeFolder, client) || !isOpen(flags, place, walked, codeFolder))
    return status(403)
  const mapped = { uri, place, walked, fields: directoryOf(flags, codeFolder, walked.path) }
  switch (walked.is) {
    case 'folder':
      return folder(mapped, scene)
    case 'missing':
      return alternative(mapped, scene)
    case 'file':
      return file(mapped, scene)
  }
}

/** mod_dir, and mod_autoindex for those who ask for it. */
const folder = ({ uri, place, walked, fields }: Mapped, scene: Scene): Answer => {
  if (!uri.endsWith('/')) return status(301)
  const rules = place.kind === 'directory' ? fields : undefined
  const names = rules?.['directory-index'] ?? []
  for (const name of names.length === 0 ? ['index.html'] : names) {
    const path = `${walked.path}/${name}`
    if (rules !== undefined && isSource(rules, path)) continue
    if (walk(path, scene.world).is === 'file') return answerAt(`${uri}${name}`, scene)
  }
  // of a folder in which every file is a script the folder itself would be one
  return rules?.indexes === true && rules.handler === undefined ? { kind: 'listing' } : status(403)
}

/** Those of the flags files here that /etc/mime.types knows. */
const usualExtensions = ['.html', '.txt', '.svg', '.py', '.css', '.ico', '.bak']

/** mod_negotiation: a name without its extensions, which must be ones that Apache knows. */
const alternative = ({ uri, walked, place, fields }: Mapped, scene: Scene): Answer => {
  const { path, pathInfo } = walked
  if (place.kind === 'static' && isRunAround(fields, path)) return status(403)
  // mod_wsgi asks whether it may run a script before it looks for it
  const isNamed = isNamedScript(scene.flags, path, scene.world.codeFolder)
  if (place.kind === 'directory' && isNamed && !runsScripts(fields)) return status(403)
  if (place.kind !== 'directory' || fields?.multiviews !== true) return status(404)
  const known = new Set([...usualExtensions, ...Object.keys(fields.handlers ?? {})])
  const found = [...scene.world.files].find(
    (one) => one.startsWith(`${path}.`) && extensionsOf(one.slice(path.length)).every((part) => known.has(part)),
  )
  if (found === undefined || isSource(fields, found)) return status(404)
  return answerAt(`${scriptNameOf(uri, pathInfo)}${found.slice(path.length)}${pathInfo}`, scene)
}

/** Static files in a folder whose scripts are known by their extension: the extension counts, but nothing is run. */
const isRunAround = (fields: DirectoryFields | undefined, path: string): boolean =>
  fields !== undefined && fields.handler === undefined && handlerOf(fields, path) !== undefined

const runsScripts = (fields: DirectoryFields | undefined): boolean =>
  fields?.handler !== undefined || Object.keys(fields?.handlers ?? {}).length > 0

const file = (mapped: Mapped, scene: Scene): Answer => {
  const { uri, place, walked, fields } = mapped
  const { path, pathInfo } = walked
  const { flags, world } = scene
  const handler = fields === undefined ? undefined : handlerOf(fields, path)
  const isNamed = isNamedScript(flags, path, world.codeFolder)
  // a script is never shown
  const text: Answer = isNamed ? status(403) : pathInfo === '' ? { kind: 'file', path } : status(404)
  const asStatic = isRunAround(fields, path) ? status(403) : text
  switch (place.kind) {
    case 'application':
      return run(mapped, settingsOfScript(flags, path, world.codeFolder) ?? place.settings, scene)
    case 'fallback':
      return run(mapped, place.settings, scene)
    case 'user-directory': {
      const applicationGroup = `~${place.user}`
      return run(mapped, { processGroup: mainGroup(flags), applicationGroup, callable: 'application' }, scene)
    }
    case 'static':
      return asStatic
    case 'nothing':
      return text
    case 'directory': {
      if (staticsOf(flags, world.codeFolder).some((one) => isIn(path, one.path))) return asStatic
      const settings = settingsOfScript(flags, path, world.codeFolder)
      const isScript = handler !== undefined || (isNamed && runsScripts(fields))
      if (!isScript || settings === undefined) return text
      if (handler === 'cgi-script') return { kind: 'cgi', cgi: path, scriptName: scriptNameOf(uri, pathInfo), pathInfo }
      return run(mapped, settings, scene)
    }
  }
}

const run = ({ uri, place, walked }: Mapped, settings: Settings, scene: Scene): Answer => {
  const { path, pathInfo } = walked
  const { flags, asked, environ, world } = scene
  const scriptName = scriptNameOf(uri, pathInfo)
  const context = { flags, asked, environ, scriptName }
  const processGroup = groupName(settings.processGroup, context)
  const known = ['', mainGroup(flags), ...Object.keys(flags['process-groups'])]
  if (!known.includes(processGroup)) return status(500)
  const isWritten = path === writtenScript
  if (!isWritten && world.applicationsIn.get(path)?.includes(settings.callable) !== true) {
    // the processes of Apache look for the application themselves, a daemon process has begun to answer by then
    return status(processGroup === '' ? 404 : 500)
  }
  const hides = place.kind === 'fallback' && place.hidesScriptName
  return {
    kind: 'application',
    application: isWritten && 'written' in place ? (place.written ?? '') : `${path}:${settings.callable}`,
    scriptName: hides ? posix.dirname(scriptName).replace(/\/$/, '') : scriptName,
    pathInfo,
    processGroup,
    applicationGroup: groupName(settings.applicationGroup, context),
  }
}
