import type { Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

/** Instead of a module: the script that somebody has written by hand. */
const isOneScript = ({ wsgi, applications: [first, ...more] }: FlagsFile): boolean =>
  wsgi === undefined && first?.script !== undefined && first.wrapper === undefined && more.length === 0

const beyond = (flags: FlagsFile): readonly (readonly [path: Path, isWritten: boolean])[] => [
  [['applications'], flags.applications.length > 0 && !isOneScript(flags)],
  [['directories'], flags.directories.length > 0],
  [['user-directories'], flags['user-directories'] !== undefined],
  [['wrapper'], flags.wrapper !== undefined],
  [['process-groups'], Object.keys(flags['process-groups']).length > 0],
  [['embedded'], flags.embedded],
]

/** The usual instructions know one application, a module of code on the host, with its script beside it. */
export const seedRules = (flags: FlagsFile): readonly Broken[] => {
  if (flags.profile !== 'seed') return []
  return [
    ...('path' in flags.code
      ? []
      : [
          {
            path: ['code', ...Object.keys(flags.code).slice(0, 1)],
            message:
              'cannot be with profile seed, which puts the script into the code on the host: code: {path: /path}',
          },
        ]),
    ...(flags.wsgi === undefined && !isOneScript(flags)
      ? [{ path: ['profile'], message: 'seed is about one application, a module: wsgi: module:object' }]
      : []),
    ...beyond(flags)
      .filter(([, isWritten]) => isWritten)
      .map(([path]) => ({
        path,
        message: 'is more than the usual instructions know: leave out profile: seed',
      })),
  ]
}
