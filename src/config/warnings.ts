import { told, type Broken, type Where } from './rule.js'
import type { FlagsFile } from './schema.js'

/** What Flask and its extensions are told through os.environ. */
const settingLike = /^[A-Z][A-Z0-9_]*$/

const environ = (flags: FlagsFile): readonly Broken[] => {
  const groups = [
    flags['application-group'],
    ...[...flags.applications, ...flags.directories].flatMap((one) => [one['process-group'], one['application-group']]),
  ]
  return Object.keys(flags.environ)
    .filter((name) => settingLike.test(name) && !groups.includes(`%{ENV:${name}}`))
    .map((name) => ({
      path: ['environ', name],
      message: 'is in the environ of each request only; what is read from os.environ belongs into settings',
    }))
}

const processes = (flags: FlagsFile): readonly Broken[] =>
  flags.sqlite.length === 0
    ? []
    : [
        [['daemon'], flags.daemon] as const,
        ...Object.entries(flags['process-groups']).map(([name, fields]) => [['process-groups', name], fields] as const),
      ].flatMap(([path, fields]) =>
        (fields.processes ?? 1) > 1
          ? [
              {
                path: [...path, 'processes'],
                message: 'several processes that write one SQLite file wait for each other: "database is locked"',
              },
            ]
          : [],
      )

const htaccess = (flags: FlagsFile): readonly Broken[] =>
  flags.directories.flatMap((fields, index) =>
    fields.htaccess.length === 0
      ? []
      : [
          {
            path: ['directories', index, 'htaccess'],
            message:
              'whoever can write a .htaccess file there decides how the folder is served' +
              (fields.htaccess.includes('FileInfo') && !fields.htaccess.includes('Indexes')
                ? '; DirectoryIndex in it needs Indexes, too'
                : ''),
          },
        ],
  )

const maps = (flags: FlagsFile): readonly Broken[] =>
  [...flags.applications, ...flags.directories].flatMap((one) => {
    const variable = /^%\{ENV:(.+)\}$/.exec(one['process-group'] ?? '')?.[1] ?? ''
    const field = Object.hasOwn(flags.environ, variable) ? flags.environ[variable] : undefined
    if (typeof field !== 'object' || !('map' in field)) return []
    return flags['rewrite-maps'][field.map]?.file === undefined
      ? []
      : [
          {
            path: ['rewrite-maps', field.map, 'file'],
            message: 'its values choose the process group, and one that does not exist is answered with 500',
          },
        ]
  })

const timeouts = (flags: FlagsFile): readonly Broken[] =>
  (['header', 'body'] as const)
    .filter((name) => flags.timeouts[name] !== undefined)
    .map((name) => ({
      path: ['timeouts', name],
      message:
        'counts only where the site is the first on its address and port, for instance on a port of its own: ' +
        'Apache reads it before it knows the name',
    }))

/** What is allowed and still often not what was meant, with its place. */
export const warningsOf = (flags: FlagsFile, where: Where): readonly string[] =>
  told(where, [...environ(flags), ...processes(flags), ...htaccess(flags), ...maps(flags), ...timeouts(flags)])
