import { createHash } from 'node:crypto'
import type { ProcessGroup } from '../core/applications.js'
import type { FlagsFile } from './schema.js'
import type { DaemonFields } from './schema-daemon.js'

type Options = Omit<DaemonFields, 'scope' | 'user' | 'group'>
type OptionName = keyof Options

/** Recommended by mod_wsgi's own documents; in the order in which they are written. */
const recommended: Options = {
  threads: 5,
  lang: 'C.UTF-8',
  locale: 'C.UTF-8',
  umask: '0027',
  'queue-timeout': 45,
  'socket-timeout': 60,
  'connect-timeout': 15,
  'request-timeout': 60,
  'startup-timeout': 15,
  'deadlock-timeout': 60,
  'graceful-timeout': 15,
  'shutdown-timeout': 5,
}

const separators: Partial<Record<OptionName, string>> = { 'python-path': ':', 'supplementary-groups': ',' }

const written = (name: OptionName, value: Options[OptionName]): string =>
  Array.isArray(value)
    ? value.join(separators[name])
    : typeof value === 'boolean'
      ? value
        ? 'On'
        : 'Off'
      : String(value)

/** `processes=1` would make wsgi.multiprocess true, so one process is asked for by not asking. */
const isLeftOut = (name: string, value: unknown): boolean =>
  value === undefined || (name === 'processes' && value === 1) || (name === 'maximum-requests' && value === 0)

/** With the default everywhere: the site's account and code. */
interface Base {
  readonly profile: FlagsFile['profile']
  readonly user: string
  readonly group: string
  readonly codeFolder: string
}

/** mod_wsgi writes it over "/usr/sbin/apache2", and cuts off what is longer. */
const titleRoom = 17

/** A cut name could be that of another site's processes, too. */
const displayName = (name: string): string => {
  if (`(wsgi:${name})`.length <= titleRoom) return '%{GROUP}'
  if (name.length <= titleRoom) return name
  return `${name.slice(0, titleRoom - 5)}~${createHash('sha256').update(name).digest('hex').slice(0, 4)}`
}

/** What processes run as that are told nothing. */
const apacheAccount = 'www-data'

const processGroup = (from: string, name: string, fields: DaemonFields, base: Base): ProcessGroup => {
  const { scope, user = base.user, group = base.group, ...rest } = fields
  const hardened = base.profile === 'hardened'
  const own = hardened || [user, group].some((account) => account !== apacheAccount)
  const options: Options = {
    ...(hardened ? { ...recommended, 'display-name': displayName(name) } : {}),
    // without it mod_wsgi goes to the home directory of the account, which one for a service has not
    ...(own ? { home: base.codeFolder } : {}),
    ...rest,
  }
  const title = options['display-name'] === '%{GROUP}' ? `(wsgi:${name})` : options['display-name']
  return {
    from,
    name,
    scope,
    user,
    group,
    ...(title === undefined ? {} : { title }),
    options: [
      ...(own
        ? ([
            ['user', user],
            ['group', group],
          ] as const)
        : []),
      ...optionNames(options).flatMap((option): readonly [string, string][] =>
        isLeftOut(option, options[option]) ? [] : [[option, written(option, options[option])]],
      ),
    ],
  }
}

/** What belongs together stands together, wherever the flags file has it. */
const first: readonly OptionName[] = [
  'supplementary-groups',
  'threads',
  'processes',
  'python-home',
  'home',
  'python-path',
]

const isOption = (options: Options, name: string): name is OptionName => name in options

const optionNames = (options: Options): readonly OptionName[] => {
  const names = Object.keys(options).filter((name): name is OptionName => isOption(options, name))
  return [...first.filter((name) => names.includes(name)), ...names.filter((name) => !first.includes(name))]
}

/** The name of the process group that applications are in unless they say otherwise. */
export const defaultProcessGroup = (flags: FlagsFile): string => flags.daemon.name ?? flags.site

export const processGroupsOf = (
  flags: FlagsFile,
  base: Omit<Base, 'profile'>,
): readonly [ProcessGroup, ...ProcessGroup[]] => {
  const { name = flags.site, ...fields } = flags.daemon
  const whole = { ...base, profile: flags.profile }
  return [
    processGroup('daemon', name, fields, whole),
    ...Object.entries(flags['process-groups']).map(([name, group]) =>
      processGroup(`process-groups.${name}`, name, group, whole),
    ),
  ]
}
