import { posix } from 'node:path'
import type { Application, Behaviour, ProcessGroup, ScriptDirectory } from '../core/applications.js'
import { mostSpecificFirst } from '../core/mount-order.js'
import { directive, isAtOrBelow, literally, section, type Node } from './apache.js'

/** The same at the top of the flags file holds for every application. */
const keysOf = (from: string, key: string): string => (from === 'wsgi' ? key : `${from}.${key}, ${key}`)

export const granted = (because: string): Node => directive('Require', ['all', 'granted'], because)

/** Where the daemon processes of a group come from; the venv is the site's unless the group has its own. */
export const daemonProcess = ({ from, name, options }: ProcessGroup, venv: string): Node => {
  const withHome = options.some(([option]) => option === 'python-home')
  const at = options.findIndex(
    ([option]) => !['user', 'group', 'supplementary-groups', 'threads', 'processes'].includes(option),
  )
  const place = at === -1 ? options.length : at
  const all = withHome ? options : [...options.slice(0, place), ['python-home', venv] as const, ...options.slice(place)]
  return directive(
    'WSGIDaemonProcess',
    [name, ...all.map(([option, value]) => ({ as: `${option}=${value}` }))],
    `${from}: processes that run applications; its keys are options here, as are user, group and venv`,
  )
}

export const whichProcesses = (processGroup: string): string => {
  if (processGroup === '%{GLOBAL}') return 'inside the processes of Apache (embedded mode)'
  return processGroup.startsWith('%')
    ? 'the process group that this variable names'
    : 'run by the processes of this process group'
}

const whichInterpreter = (applicationGroup: string): string => {
  switch (applicationGroup) {
    case '%{GLOBAL}':
      return 'in the main interpreter, which C extensions need'
    case '%{RESOURCE}':
      return 'in an interpreter of its own for each script'
    default:
      return 'in the interpreter of this name'
  }
}

export type Configured = Behaviour & { readonly from: string }

/** What holds for a script that we write, whose application has the usual name. */
export const groupsOf = ({ from, processGroup, applicationGroup, passAuthorization, chunkedRequests }: Configured) => {
  const group = from === 'wsgi' ? 'daemon.name, site' : `${from}.process-group, daemon.name, site`
  const on = (name: string, key: string, means: string): Node =>
    directive(name, ['On'], `${keysOf(from, key)}: ${means}`)
  return [
    directive('WSGIProcessGroup', [{ as: processGroup }], `${group}: ${whichProcesses(processGroup)}`),
    directive(
      'WSGIApplicationGroup',
      [{ as: applicationGroup }],
      `${keysOf(from, 'application-group')}: ${whichInterpreter(applicationGroup)}`,
    ),
    ...(passAuthorization
      ? [on('WSGIPassAuthorization', 'pass-authorization', 'the application sees the Authorization header')]
      : []),
    ...(chunkedRequests
      ? [on('WSGIChunkedRequest', 'chunked-requests', 'requests without Content-Length are accepted')]
      : []),
  ]
}

/** What others of the site have switched on may stand in a section around: a folder's, where this is a script in it. */
const notInherited = (it: Configured, others: readonly Configured[]): readonly Node[] => {
  const because = (key: string): string => `${keysOf(it.from, key)}: not as for the folder around it`
  const have = (what: (other: Configured) => boolean): boolean => !what(it) && others.some(what)
  return [
    ...(have(({ passAuthorization }) => passAuthorization)
      ? [directive('WSGIPassAuthorization', ['Off'], because('pass-authorization'))]
      : []),
    ...(have(({ chunkedRequests }) => chunkedRequests)
      ? [directive('WSGIChunkedRequest', ['Off'], because('chunked-requests'))]
      : []),
    ...(have(({ callable }) => callable !== undefined)
      ? [directive('WSGICallableObject', ['application'], because('callable'))]
      : []),
  ]
}

/** What holds for the scripts of one application, inside the section that holds the scripts. */
export const behaviourOf = (it: Configured, others: readonly Configured[] = []): readonly Node[] => [
  ...groupsOf(it),
  ...(it.callable === undefined
    ? []
    : [directive('WSGICallableObject', [it.callable], `${it.from}.callable: the name of the application in a script`)]),
  ...notInherited(it, others),
]

/** Given both groups, mod_wsgi loads the script when its process starts (WSGIScriptAlias, options). */
const preload = ({ preload, processGroup, applicationGroup }: Behaviour): readonly { as: string }[] =>
  preload ? [{ as: `process-group=${processGroup}` }, { as: `application-group=${applicationGroup}` }] : []

const alias = (application: Application): Node => {
  const { mount, script, from } = application
  const preloaded = application.preload ? `; ${keysOf(from, 'preload')}: loaded when its process starts` : ''
  switch (mount.kind) {
    case 'pattern':
      return directive(
        'WSGIScriptAliasMatch',
        [mount.pattern, script.path, ...preload(application)],
        `${from}.match: URLs that match are answered by this script${preloaded}`,
      )
    case 'folder':
      return directive(
        'WSGIScriptAlias',
        [mount.url, `${script.path}/`],
        `${from}.mount: the next part of the URL names a script in this folder`,
      )
    case 'url':
      return directive(
        'WSGIScriptAlias',
        [mount.url, script.path, ...preload(application)],
        `${from === 'wsgi' ? 'mount, wsgi' : `${from}.mount`}: where the application is mounted${preloaded}`,
      )
  }
}

export const aliases = (applications: readonly Application[]): readonly Node[] =>
  mostSpecificFirst(applications).map(alias)

/** Of `/dir/$1.wsgi`: the folder up to the first $, and what the names of the scripts in it end with. */
const patternParts = (path: string): { readonly folder: string; readonly ending: string } => ({
  folder: posix.dirname(path.slice(0, path.indexOf('$') + 1)),
  ending: path.replace(/^.*\$[1-9]/, ''),
})

/** The scripts of an application: in a folder, those with a name or with an ending, or all of them. */
interface Scripts {
  readonly folder: string
  readonly name?: string
  readonly ending?: string
}

const scriptsOf = ({ script, mount }: Application): Scripts => {
  if (script.kind === 'folder') return { folder: script.path }
  if (mount.kind === 'pattern' && script.path.includes('$')) {
    const { folder, ending } = patternParts(script.path)
    return ending === '' || ending.includes('/') ? { folder } : { folder, ending }
  }
  const { dir, base } = posix.parse(script.path)
  return { folder: dir, name: base }
}

/** What is said of the scripts of one application, in a section for their folder, with or without those below it. */
interface Said {
  readonly place: readonly [section: 'Directory' | 'DirectoryMatch', pattern: string]
  readonly from: string
  readonly nodes: readonly Node[]
}

/** A section for names (Files) in that of a folder also holds for such names in all folders below. */
const inFolder = ({ folder, name, ending }: Scripts, isAlone: boolean, from: string, inside: readonly Node[]): Said => {
  const only = `${from}: nothing but the script`
  // not by the whole path: MultiViews takes over what holds for the folder of the name without its extension
  const place = isAlone
    ? (['DirectoryMatch', `^${literally(folder)}/[^/]*$`] as const)
    : (['Directory', folder] as const)
  if (name !== undefined) return { place, from, nodes: [section('Files', [name], only, inside)] }
  if (ending === undefined) return { place: ['Directory', folder], from, nodes: inside }
  return { place, from, nodes: [section('FilesMatch', [`${literally(ending)}$`], only, inside)] }
}

/** Where whole folders are served, too, such names in them may be scripts of somebody else, or be asked for as files. */
export const areMixed = (applications: readonly Application[], directories: readonly ScriptDirectory[]): boolean => {
  const own = applications.filter(({ script }) => script.kind !== 'generated').map(scriptsOf)
  const isWhole = ({ name, ending }: Scripts): boolean => name === undefined && ending === undefined
  return own.some((one) => !isWhole(one)) && (directories.length > 0 || own.some(isWhole))
}

/** Of the sections that match a script the last wins: the most specific comes last. */
const leastSpecificFirst = (applications: readonly Application[]): readonly Application[] =>
  [...mostSpecificFirst(applications)].reverse()

const together = (all: readonly Said[]): readonly Node[] =>
  [...new Set(all.map(({ place }) => place[1]))].map((pattern) => {
    const its = all.filter(({ place }) => place[1] === pattern)
    const whose = its.map(({ from }) => from).join(', ')
    return section(
      its[0]?.place[0] ?? 'Directory',
      [pattern],
      `${whose}: the folder of the script${its.length === 1 ? '' : 's'}`,
      its.flatMap(({ nodes }) => nodes),
    )
  })

/** Opened for its mount, a script in a folder that is served would otherwise be sent as text from there. */
const neverText = (application: Application, directories: readonly ScriptDirectory[]): readonly Node[] => {
  const { folder } = scriptsOf(application)
  return application.script.kind !== 'generated' && directories.some((one) => isAtOrBelow(folder, one.folder))
    ? [directive('SetHandler', ['wsgi-script'], `${application.from}: a script wherever it is asked for, never text`)]
    : []
}

/** Only the scripts themselves are opened, in the folders that hold them. */
export const scriptSections = (
  applications: readonly Application[],
  directories: readonly ScriptDirectory[],
): readonly Node[] => {
  const mixed = areMixed(applications, directories)
  const said = leastSpecificFirst(applications).map((application) => {
    const { from, script } = application
    const isOurs = script.kind === 'generated'
    const inside = [
      granted(`${from}: open to every client`),
      ...neverText(application, directories),
      ...behaviourOf(application, isOurs ? [] : [...applications, ...directories]),
    ]
    return inFolder(scriptsOf(application), mixed && !isOurs, from, inside)
  })
  return together(said)
}

/** As the usual instructions have it: the whole folder of the one script is opened. */
export const openFolder = (application: Application): Node => {
  const { from, script } = application
  return section('Directory', [posix.dirname(script.path)], `${from}: the folder of the script`, [
    ...behaviourOf(application),
    granted('profile: the usual instructions open the whole folder'),
  ])
}

/** Sections that come later win, so the mounts with the shortest paths stand first. */
export const mountLimits = (applications: readonly Application[]): readonly Node[] =>
  leastSpecificFirst(applications).flatMap(({ from, mount, maxBody }) => {
    if (maxBody === undefined) return []
    const because = `${from}.max-body: largest request body below this mount, in bytes`
    return [sectionOfMount(mount, because, [directive('LimitRequestBody', [String(maxBody)], because)])]
  })

/** The URLs of an application, whatever leads there. */
export const sectionOfMount = (mount: Application['mount'], because: string, inside: readonly Node[]): Node =>
  mount.kind === 'pattern'
    ? section('LocationMatch', [mount.pattern], because, inside)
    : section('Location', [mount.url], because, inside)
