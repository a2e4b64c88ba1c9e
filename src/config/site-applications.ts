import { posix } from 'node:path'
import type {
  Application,
  Behaviour,
  GeneratedScript,
  Mount,
  Script,
  ScriptDirectory,
  UserDirectories,
  WsgiObject,
} from '../core/applications.js'
import type { FlagsFile } from './schema.js'
import type { ApplicationFields, DirectoryFields } from './schema-applications.js'
import { defaultProcessGroup } from './site-process-groups.js'

/** Where things lie on the host. */
export interface Folders {
  readonly root: string
  readonly code: string
}

const wsgiOf = (written: string): WsgiObject => {
  const [module = '', object = ''] = written.split(':')
  return { module, object: object.replace('()', ''), factory: object.endsWith('()') }
}

export const onHost = (path: string, { code }: Folders): string => (path.startsWith('/') ? path : `${code}/${path}`)

/** The seed's script lies beside the code; otherwise it has a folder that only root can write. */
const generatedPath = (flags: FlagsFile, folders: Folders, place: string): string => {
  const slug = place.split('/').filter((part) => part !== '')
  const name = [flags.site, ...slug].join('-')
  return `${flags.profile === 'seed' ? folders.code : `${folders.root}/wsgi`}/${name}.wsgi`
}

/** The script of `wsgi` may have been made by hand before, wherever that was. */
const adoptedPath = ({ wsgi, mount, adopted }: FlagsFile, fields: ApplicationFields): string | undefined =>
  fields.wsgi === wsgi && fields.mount === mount ? adopted?.script : undefined

/** The application in `wsgi` and those in `applications`, as if all had been written there. */
const writtenApplications = (flags: FlagsFile): readonly (readonly [string, ApplicationFields])[] => [
  ...(flags.wsgi === undefined
    ? []
    : [['wsgi', { mount: flags.mount, wsgi: flags.wsgi, wrapper: flags.wrapper, static: {} }] as const]),
  ...flags.applications.map((application, index) => [`applications.${index}`, application] as const),
]

type BehaviourFields = Pick<
  ApplicationFields,
  'process-group' | 'application-group' | 'pass-authorization' | 'chunked-requests' | 'preload' | 'callable'
>

/**
 * One application a process group may have the main interpreter, which C extensions need; whoever comes later gets an
 * interpreter of its own. Where a path or a folder stands for several scripts, each has its own.
 */
class Interpreters {
  readonly #taken = new Set<string>()

  groupFor(processGroup: string, isSeveral: boolean): string {
    if (isSeveral || processGroup.startsWith('%') || this.#taken.has(processGroup)) return '%{RESOURCE}'
    this.#taken.add(processGroup)
    return '%{GLOBAL}'
  }
}

const behaviourOf = (
  fields: BehaviourFields,
  flags: FlagsFile,
  interpreters: Interpreters,
  isSeveral: boolean,
): Behaviour => {
  const processGroup = fields['process-group'] ?? defaultProcessGroup(flags)
  const { callable } = fields
  return {
    processGroup,
    applicationGroup:
      fields['application-group'] ?? flags['application-group'] ?? interpreters.groupFor(processGroup, isSeveral),
    passAuthorization: fields['pass-authorization'] ?? flags['pass-authorization'] ?? false,
    chunkedRequests: fields['chunked-requests'] ?? flags['chunked-requests'] ?? false,
    preload: fields.preload ?? flags.preload ?? false,
    ...(callable === undefined || callable === 'application' ? {} : { callable }),
  }
}

const mountOf = ({ mount = '/', match, scripts }: ApplicationFields): Mount => {
  if (match !== undefined) return { kind: 'pattern', pattern: match }
  return scripts === undefined ? { kind: 'url', url: mount } : { kind: 'folder', url: mount }
}

const generated = (path: string, from: GeneratedScript['wsgi'], wrapper: string | undefined): GeneratedScript => ({
  path,
  wsgi: from,
  ...(wrapper === undefined ? {} : { wrapper: wsgiOf(wrapper) }),
  hidesScriptName: false,
})

const scriptOf = (fields: ApplicationFields, flags: FlagsFile, folders: Folders, place: string): Script => {
  const path = adoptedPath(flags, fields) ?? generatedPath(flags, folders, place)
  if (fields.wsgi !== undefined) return { kind: 'generated', ...generated(path, wsgiOf(fields.wsgi), fields.wrapper) }
  if (fields.scripts !== undefined) return { kind: 'folder', path: onHost(fields.scripts, folders) }
  const script = onHost(fields.script ?? '', folders)
  if (fields.wrapper === undefined) return { kind: 'own', path: script }
  const callable = fields.callable ?? 'application'
  return { kind: 'generated', ...generated(path, { script, callable }, fields.wrapper) }
}

/** Two mounts may have one name as a file: `/a-b` and `/a/b`. */
const uniquePlaces = (flags: FlagsFile): ReadonlyMap<string, string> => {
  const taken = new Set<string>()
  return new Map(
    writtenApplications(flags).map(([from, { mount = '/' }], index) => {
      const place = taken.has(mount.replaceAll('/', '-')) ? `${mount}-${index}` : mount
      taken.add(place.replaceAll('/', '-'))
      return [from, place]
    }),
  )
}

const directoryOf = (
  from: string,
  fields: DirectoryFields,
  flags: FlagsFile,
  folders: Folders,
  interpreters: Interpreters,
): ScriptDirectory => {
  const folder = onHost(fields.folder, folders)
  const { fallback } = fields
  const name = fallback?.script ?? `${flags.site}.wsgi`
  const path = generatedPath(flags, folders, `${posix.basename(folder)}-fallback`)
  const source =
    fallback?.wsgi === undefined
      ? { script: `${folder}/${name}`, callable: fields.callable ?? 'application' }
      : wsgiOf(fallback.wsgi)
  const writes = fallback !== undefined && (fallback['hide-script-name'] || fallback.wsgi !== undefined)
  const script: GeneratedScript | undefined = writes
    ? { path, wsgi: source, hidesScriptName: fallback['hide-script-name'] }
    : undefined
  return {
    from,
    url: fields.url,
    folder,
    ...(fields.handler === undefined ? {} : { setHandler: fields.handler }),
    handlers: Object.entries(fields.handlers ?? {}).map(([extension, handler]) => ({ extension, handler })),
    multiviews: fields.multiviews,
    indexes: fields.indexes,
    directoryIndex: fields['directory-index'],
    overrides: fields.htaccess,
    ...(fallback === undefined ? {} : { fallback: { name, ...(script === undefined ? {} : { generated: script }) } }),
    ...behaviourOf(fields, flags, interpreters, true),
  }
}

export interface Served {
  readonly applications: readonly Application[]
  readonly directories: readonly ScriptDirectory[]
  readonly userDirectories?: UserDirectories
}

export const servedBy = (flags: FlagsFile, folders: Folders): Served => {
  const interpreters = new Interpreters()
  const places = uniquePlaces(flags)
  const applications = writtenApplications(flags).map(([from, fields]): Application => {
    const mount = mountOf(fields)
    const script = scriptOf(fields, flags, folders, places.get(from) ?? '')
    const { callable, ...rest } = behaviourOf(fields, flags, interpreters, mount.kind !== 'url')
    return {
      from,
      mount,
      script,
      ...rest,
      // a script that we write names its application as mod_wsgi expects it
      ...(callable === undefined || script.kind === 'generated' ? {} : { callable }),
      ...(fields['max-body'] === undefined ? {} : { maxBody: fields['max-body'] }),
    }
  })
  const folder = flags['user-directories']
  return {
    applications,
    directories: flags.directories.map((fields, index) =>
      directoryOf(`directories.${index}`, fields, flags, folders, interpreters),
    ),
    ...(folder === undefined ? {} : { userDirectories: { folder, processGroup: defaultProcessGroup(flags) } }),
  }
}
