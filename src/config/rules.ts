import { posix } from 'node:path'
import { DeployError } from '../errors.js'
import { dangerOf, dangerOfCodePath, dangerOfSqliteFolder, isBelow, served, type Layout } from './dangerous-paths.js'
import { counted, dotted, type Path } from './mistake.js'
import type { FlagsFile } from './schema.js'

/** Names that are the site's, whoever set them. */
export interface Names {
  readonly root: string
  readonly user: string
  readonly group: string
  /** Absolute, in the order of the flags file. */
  readonly sqlite: readonly string[]
}

export type Where = (...path: Path) => string

interface Broken {
  readonly path: Path
  readonly message: string
}

const told = (where: Where, { path, message }: Broken): string => `${where(...path)}: ${dotted(path)}: ${message}`

/** What no single field can know: refused before there is a connection, all at once. */
export const checkRules = (flags: FlagsFile, names: Names, where: Where): void => {
  const broken = [...namesTwice(flags), ...loginTwice(flags), ...sqliteTwice(names)]
  if (broken.length > 0) {
    throw new DeployError('CONFIG_INVALID', {
      what: `the flags file has ${counted(broken.length, 'contradiction')}`,
      evidence: broken.map((rule) => told(where, rule)).join('\n'),
      remedy: 'correct the flags file at the places named above; nothing was done on the host',
    })
  }
  const dangerous = dangers(flags, names)
  if (dangerous.length > 0) {
    throw new DeployError('PATH_DANGEROUS', {
      what: `${counted(dangerous.length, 'path')} in the flags file would endanger the host or the site`,
      evidence: dangerous.map((rule) => told(where, rule)).join('\n'),
      remedy:
        'choose other paths: the site in a folder of its own such as /srv/NAME, ' +
        'SQLite files in one of theirs such as /srv/NAME/data',
    })
  }
}

const namesTwice = (flags: FlagsFile): readonly Broken[] => {
  const taken = new Set([flags['server-name']])
  return flags['server-aliases'].flatMap((alias, index) => {
    const isTwice = taken.has(alias)
    taken.add(alias)
    return isTwice ? [{ path: ['server-aliases', index], message: `${alias} is a name of the site already` }] : []
  })
}

const loginTwice = (flags: FlagsFile): readonly Broken[] => {
  const [user, host] = flags.host.includes('@') ? flags.host.split('@') : []
  if (host === undefined || flags.ssh.user === undefined || user === flags.ssh.user) return []
  return [{ path: ['ssh', 'user'], message: `is ${flags.ssh.user}, but host says ${user ?? ''}: write it once` }]
}

const sqliteTwice = ({ sqlite }: Names): readonly Broken[] =>
  sqlite.flatMap((file, index) => {
    const path = ['sqlite', index]
    if (sqlite.indexOf(file) !== index) return [{ path, message: `${file} stands in the list already` }]
    const folder = sqlite.find((other) => isBelow(file, other))
    return folder === undefined ? [] : [{ path, message: `${folder} cannot be a file and a folder` }]
  })

const dangers = (flags: FlagsFile, { root, user, sqlite }: Names): readonly Broken[] => {
  const own = [flags.site, user]
  const code = 'path' in flags.code ? flags.code.path : undefined
  const layout: Layout = { own, root, ...(code === undefined ? {} : { code }), insideCode: insideCode(flags) }
  const judged: readonly (readonly [Path, string, string | undefined])[] = [
    [['root'], root, dangerOf(root, own)],
    ...(code === undefined ? [] : [[['code', 'path'], code, dangerOfCodePath(code, root, own)] as const]),
    ...sqlite.map((file, index) => {
      const folder = posix.dirname(file)
      return [['sqlite', index], `the folder ${folder}`, dangerOfSqliteFolder(folder, layout)] as const
    }),
  ]
  return judged.flatMap(([path, what, why]) =>
    why === undefined ? [] : [{ path, message: `${what} cannot be used: ${why}` }],
  )
}

/** `shop.web:app` may be found in `shop/web/`: whoever can write there decides what runs. */
const insideCode = (flags: FlagsFile): Layout['insideCode'] => {
  const [module = ''] = flags.wsgi.split(':')
  return [
    { folder: module.replaceAll('.', '/'), what: 'the code of the application' },
    ...Object.values(flags.static).map((folder) => ({ folder, what: served })),
  ]
}
