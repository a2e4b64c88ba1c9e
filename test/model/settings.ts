import { posix } from 'node:path'
import type { FlagsFile } from '../../src/config/schema.js'

type ApplicationFields = FlagsFile['applications'][number]
export type DirectoryFields = FlagsFile['directories'][number]

/** How an application is to be run. */
export interface Settings {
  readonly processGroup: string
  readonly applicationGroup: string
  readonly callable: string
}

export const onHost = (path: string, code: string): string => (path.startsWith('/') ? path : `${code}/${path}`)

export const mainGroup = (flags: FlagsFile): string => flags.daemon.name ?? flags.site

export const settingsOfDirectory = (flags: FlagsFile, fields: DirectoryFields): Settings => ({
  processGroup: fields['process-group'] ?? mainGroup(flags),
  applicationGroup: fields['application-group'] ?? flags['application-group'] ?? '%{RESOURCE}',
  callable: fields.callable ?? 'application',
})

export type Mounted = Pick<
  ApplicationFields,
  'mount' | 'match' | 'wsgi' | 'script' | 'scripts' | 'wrapper' | 'callable' | 'process-group' | 'application-group'
>

export const mountedBy = (flags: FlagsFile): readonly Mounted[] => [
  ...(flags.wsgi === undefined ? [] : [{ mount: flags.mount, wsgi: flags.wsgi, wrapper: flags.wrapper }]),
  ...flags.applications,
]

const isSeveral = ({ match, scripts, script = '' }: Mounted): boolean =>
  scripts !== undefined || (match !== undefined && script.includes('$'))

/** The first application of a process group has the main interpreter; what stands for several scripts never has. */
const applicationGroups = (flags: FlagsFile): readonly string[] => {
  const taken = new Set<string>()
  return mountedBy(flags).map((one) => {
    const group = one['process-group'] ?? mainGroup(flags)
    const isOne = one.match === undefined && one.scripts === undefined && !group.startsWith('%')
    const isFirst = isOne && !taken.has(group)
    const chosen = one['application-group'] ?? flags['application-group']
    if (chosen === undefined && isFirst) taken.add(group)
    return chosen ?? (isFirst ? '%{GLOBAL}' : '%{RESOURCE}')
  })
}

/** How each of them is to be run, in the order of `mountedBy`. */
export const settingsOfMounts = (flags: FlagsFile): readonly Settings[] => {
  const applicationGroup = applicationGroups(flags)
  return mountedBy(flags).map((one, index) => ({
    processGroup: one['process-group'] ?? mainGroup(flags),
    applicationGroup: applicationGroup[index] ?? '',
    callable: one.callable ?? 'application',
  }))
}

export const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** Whether an application speaks of a script, and how exactly: 3 by its name, 2 by a pattern, 1 by its folder. */
const exactness = (one: Mounted, path: string, code: string): number => {
  const { scripts, script, wrapper } = one
  if (scripts !== undefined) return isIn(path, onHost(scripts, code)) ? 1 : 0
  // what has a wrapper is run by a script of ours
  if (script === undefined || wrapper !== undefined) return 0
  if (!isSeveral(one)) return path === onHost(script, code) ? 3 : 0
  const folder = posix.dirname(onHost(script, code).replace(/\$.*/, 'x'))
  return posix.dirname(path) === folder && path.endsWith(script.replace(/^.*\$[1-9]/, '')) ? 2 : 0
}

/** Whether an application names a script; of a folder of scripts anything may be something else. */
export const isNamedScript = (flags: FlagsFile, path: string, code: string): boolean =>
  mountedBy(flags).some((one) => exactness({ ...one, wrapper: undefined }, path, code) > 1)

/** How a script is run, whatever URL leads to it: one script has one set of options, and who says more of it counts. */
export const settingsOfScript = (flags: FlagsFile, path: string, code: string): Settings | undefined => {
  const settings = settingsOfMounts(flags)
  const claims = [
    ...mountedBy(flags).map((one, index) => ({
      rank: exactness(one, path, code),
      folder: onHost(one.scripts ?? '', code),
      settings: settings[index],
    })),
    ...flags.directories.map((one) => ({
      rank: isIn(path, onHost(one.folder, code)) ? 1 : 0,
      folder: onHost(one.folder, code),
      settings: settingsOfDirectory(flags, one),
    })),
  ]
  return claims
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank || other.folder.length - one.folder.length)[0]?.settings
}
