import type { Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'
import type { ApplicationFields } from './schema-applications.js'
import { groupsOf } from './url-pattern.js'

const sources = ['wsgi', 'script', 'scripts'] as const

/** The largest n of $n. */
const dollarsOf = (path: string): number => Math.max(0, ...[...path.matchAll(/\$([1-9])/g)].map(([, n]) => Number(n)))

/** $1 to $9 stand for the groups of a pattern. */
export const dollarFault = (target: string, pattern: string): string | undefined => {
  const groups = groupsOf(pattern)
  const dollars = dollarsOf(target)
  return dollars > groups
    ? `holds $${dollars}, but match has ${groups === 0 ? 'no group' : groups === 1 ? 'one group' : `${groups} groups`}: ^/wsgi/([^/]+)`
    : undefined
}

type Fault = readonly [key: string, message: string]

/** What a pattern can be combined with. */
const patternFaults = (fields: ApplicationFields, match: string): readonly Fault[] => {
  const { script, mount } = fields
  const dollar = script === undefined ? undefined : dollarFault(script, match)
  return [
    ...(mount === undefined ? [] : [['mount', 'cannot stand beside match: keep the one that is meant'] as const]),
    ...(fields.wsgi === undefined && fields.scripts === undefined
      ? []
      : [['match', 'needs a script of your own: script: scripts/$1.wsgi'] as const]),
    ...(dollar === undefined ? [] : [['script', dollar] as const]),
    ...(/(\$|\[\^\/\]\+\)?)$/.test(match)
      ? []
      : [['match', 'must end with $ or with [^/]+, or it also matches longer names: ^/wsgi/([^/]+)'] as const]),
    ...(Object.keys(fields.static).length === 0
      ? []
      : [['static', 'needs mount, below which the files are: write it at the top of the file'] as const]),
  ]
}

const mountFaults = ({ mount, script, scripts }: ApplicationFields): readonly Fault[] => [
  ...(mount === undefined ? [['', 'needs mount, the URL where it is mounted: mount: /wiki'] as const] : []),
  ...(mount !== undefined && scripts !== undefined && !mount.endsWith('/')
    ? [['mount', `must end with a slash, because it leads to a folder of scripts: ${mount}/`] as const]
    : []),
  ...(mount !== undefined && mount !== '/' && mount.endsWith('/') && scripts === undefined
    ? [['mount', `must not end with a slash, because it leads to one application: ${mount.slice(0, -1)}`] as const]
    : []),
  ...(script?.includes('$') === true
    ? [['script', 'holds "$", which only a pattern can fill: write match: ^/wsgi/([^/]+) instead of mount'] as const]
    : []),
]

const formFaults = (fields: ApplicationFields): readonly Fault[] => {
  const written = sources.filter((source) => fields[source] !== undefined)
  const { match } = fields
  const isOne = fields.wsgi !== undefined || (fields.script !== undefined && match === undefined)
  return [
    ...(written.length === 1
      ? []
      : [
          [
            written[1] ?? '',
            written.length === 0
              ? 'needs an application: one of wsgi, script and scripts'
              : `stands beside ${written[0] ?? ''}: keep one of them`,
          ] as const,
        ]),
    ...(match === undefined ? mountFaults(fields) : patternFaults(fields, match)),
    ...(fields.callable !== undefined && fields.wsgi !== undefined
      ? [['callable', `belongs to a script; with wsgi the object is named there: ${renamed(fields)}`] as const]
      : []),
    ...(fields.wrapper === undefined || isOne
      ? []
      : [['wrapper', 'needs one application to put itself around: wsgi, or a script without match'] as const]),
  ]
}

const renamed = ({ wsgi = '', callable = '' }: ApplicationFields): string => `${wsgi.split(':')[0] ?? ''}:${callable}`

/** What is wrong with one application, whatever else the file says. */
const faultsOf = (fields: ApplicationFields, path: Path): readonly Broken[] =>
  formFaults(fields).map(([key, message]) => ({ path: key === '' ? path : [...path, key], message }))

export const isWellFormed = (fields: ApplicationFields): boolean => formFaults(fields).length === 0

const served = ['wsgi', 'applications', 'directories', 'user-directories'] as const

const isServing = (flags: FlagsFile): boolean =>
  flags.wsgi !== undefined ||
  flags['user-directories'] !== undefined ||
  flags.applications.length + flags.directories.length > 0

/** mod_wsgi: Configuration Guidelines, The WSGIScriptAlias Directive. */
export const applicationRules = (flags: FlagsFile): readonly Broken[] => [
  ...(isServing(flags)
    ? []
    : [{ path: [], message: `nothing is served: write ${served.slice(0, -1).join(', ')} or ${served[3]}` }]),
  ...(flags.wsgi === undefined && flags.mount !== '/'
    ? [{ path: ['mount'], message: 'is for the application in wsgi, and there is none' }]
    : []),
  ...(flags.wsgi === undefined && flags.wrapper !== undefined
    ? [{ path: ['wrapper'], message: 'is for the application in wsgi, and there is none' }]
    : []),
  ...flags.applications.flatMap((fields, index) => faultsOf(fields, ['applications', index])),
]
