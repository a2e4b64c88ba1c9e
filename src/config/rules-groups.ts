import type { Judged, JudgedApplication, JudgedDirectory } from './judged.js'
import { dotted, printable, type Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'
import { defaultProcessGroup } from './site-process-groups.js'

type Judgable = JudgedApplication | JudgedDirectory

const definedGroups = (flags: FlagsFile): readonly string[] => [
  defaultProcessGroup(flags),
  ...Object.keys(flags['process-groups']),
]

const variableOf = (group: string): string | undefined => /^%\{ENV:(.+)\}$/.exec(group)?.[1]

/** All values that a variable can have, or in words why that is not known. */
const valuesOf = (flags: FlagsFile, name: string): readonly string[] | string => {
  const field = Object.hasOwn(flags.environ, name) ? flags.environ[name] : undefined
  if (field === undefined) {
    return name === 'APPLICATION_GROUP' && flags['user-directories'] !== undefined
      ? 'is set for home directories only: choose another variable'
      : `is set nowhere: write environ: {${name}: {default: ..., when: [...]}}`
  }
  if (typeof field === 'string') return [field]
  if ('map' in field) {
    const map = Object.hasOwn(flags['rewrite-maps'], field.map) ? flags['rewrite-maps'][field.map] : undefined
    return [field.default, ...Object.values(map?.entries ?? {})]
  }
  return field.default === undefined
    ? `has no value where nothing matches: write a default in environ.${name}`
    : [field.default, ...field.when.map(({ value }) => value)]
}

const isEmbedded = (group: string): boolean => group === '%{GLOBAL}'

/** mod_wsgi tells of a process group that does not exist only when a request comes, with 500. */
const processGroupFaults = ({ flags }: Judged, group: string): string | undefined => {
  const defined = definedGroups(flags)
  const variable = variableOf(group)
  if (variable === undefined) {
    if (isEmbedded(group)) {
      return flags.embedded ? undefined : 'runs inside Apache itself, which has to be allowed: embedded: true'
    }
    return defined.includes(group)
      ? undefined
      : `${group} is no process group of this site; there is ${defined.join(', ')}`
  }
  const values = valuesOf(flags, variable)
  if (typeof values === 'string') return `environ.${variable} ${values}`
  const strange = values.find((value) => !defined.includes(value) && !(isEmbedded(value) && flags.embedded))
  return strange === undefined
    ? undefined
    : `environ.${variable} can be ${printable(strange)}, which is no process group of this site; there is ${defined.join(', ')}`
}

const applicationGroupFaults = ({ flags }: Judged, group: string): string | undefined => {
  const variable = variableOf(group)
  const values = variable === undefined ? [] : valuesOf(flags, variable)
  return typeof values === 'string' ? `environ.${variable ?? ''} ${values}` : undefined
}

/** The field that says it: of the application itself, or the one for all. */
const placeOf = (it: Judgable, key: 'application-group' | 'preload'): Path =>
  it.fields[key] === undefined ? [key] : [...it.path, key]

const isSeveral = (it: Judgable): boolean =>
  'mount' in it
    ? it.script.kind === 'folder' || it.script.path.includes('$')
    : it.fallback === undefined || it.handlers.length > 0 || it.overrides.includes('FileInfo')

/** All that it can be in. */
const processGroupsOf = (flags: FlagsFile, { processGroup }: Judgable): readonly string[] => {
  const variable = variableOf(processGroup)
  const values = variable === undefined ? [processGroup] : valuesOf(flags, variable)
  return typeof values === 'string' ? [] : values
}

/** One script at two mounts is one application. */
const isOneScript = (one: Judgable, other: Judgable): boolean =>
  'mount' in one && 'mount' in other && one.script.path === other.script.path

/** The main interpreter of a process group, which C extensions need, is for one application. */
const mainInterpreters = ({ flags, applications, directories }: Judged): readonly Broken[] => {
  const taken = new Map<string, Judgable>()
  return [...applications, ...directories].flatMap((it) => {
    if (it.applicationGroup !== '%{GLOBAL}') return []
    const path = placeOf(it, 'application-group')
    if (isSeveral(it)) {
      const message = `%{GLOBAL} is for one application, and ${dotted(it.path)} is several, whose modules would mix: %{RESOURCE}, or a name`
      return [{ path, message }]
    }
    const groups = processGroupsOf(flags, it)
    const shared = groups.find((group) => taken.has(group))
    const other = shared === undefined ? undefined : taken.get(shared)
    for (const group of groups) if (!taken.has(group)) taken.set(group, it)
    if (other === undefined || isOneScript(other, it)) return []
    const message = `%{GLOBAL} of process group ${shared ?? ''} is taken by ${dotted(other.path)}, whose modules would mix with those of ${dotted(it.path)}: another process-group, %{RESOURCE}, or one name for both`
    return [{ path, message }]
  })
}

/** mod_wsgi loads a script at start only when both groups are known then, and silently does not otherwise. */
const preloading = ({ applications, directories }: Judged): readonly Broken[] => [
  ...applications
    .filter(({ preload }) => preload)
    .flatMap((it): readonly Broken[] => {
      const path = placeOf(it, 'preload')
      const group = [it.processGroup, it.applicationGroup].find((one) => /^%\{(?!GLOBAL\})/.test(one))
      if (isSeveral(it)) return [{ path, message: `${dotted(it.path)} is several scripts: write preload: false there` }]
      return group === undefined
        ? []
        : [
            {
              path,
              message: `${dotted(it.path)} is in ${group}, which is known at the first request only: give it a name`,
            },
          ]
    }),
  ...directories.flatMap(({ fields, path }) =>
    fields.preload === true
      ? [{ path: [...path, 'preload'], message: 'is for an application with a mount of its own' }]
      : [],
  ),
]

const embedding = ({ flags, names, applications, directories }: Judged): readonly Broken[] => {
  const { embedded } = flags
  const groups = [...applications, ...directories].flatMap((it) => processGroupsOf(flags, it))
  const account = (key: 'user' | 'group', isWritten: boolean) =>
    names[key] === 'www-data' || !isWritten
      ? []
      : [{ path: [key], message: 'must be www-data with embedded, because Apache itself runs the application' }]
  if (!embedded) return []
  return [
    ...(groups.some(isEmbedded)
      ? []
      : [{ path: ['embedded'], message: 'is used by nothing: write process-group: "%{GLOBAL}" for an application' }]),
    ...account('user', true),
    ...account('group', flags.group !== undefined),
    ...(flags['restrict-embedded'] === true
      ? [{ path: ['restrict-embedded'], message: 'forbids what embedded allows: keep one of them' }]
      : []),
  ]
}

const groupFaults = (judged: Judged): readonly Broken[] =>
  [...judged.applications, ...judged.directories].flatMap((it) => {
    const processGroup = processGroupFaults(judged, it.processGroup)
    const applicationGroup = applicationGroupFaults(judged, it.applicationGroup)
    return [
      ...(processGroup === undefined ? [] : [{ path: [...it.path, 'process-group'], message: processGroup }]),
      ...(applicationGroup === undefined
        ? []
        : [{ path: placeOf(it, 'application-group'), message: applicationGroup }]),
    ]
  })

/** mod_wsgi: Configuration Guidelines, Defining Application Groups and Defining Process Groups. */
export const groupRules = (judged: Judged): readonly Broken[] => [
  ...groupFaults(judged),
  ...mainInterpreters(judged),
  ...preloading(judged),
  ...embedding(judged),
]
