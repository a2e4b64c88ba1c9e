import { posix } from 'node:path'
import {
  dangerOf,
  dangerOfCodePath,
  dangerOfSqliteFolder,
  dangerOfVenv,
  isAtOrBelow,
  served,
} from './dangerous-paths.js'
import type { Layout } from './dangerous-paths.js'
import type { Judged } from './judged.js'
import type { Path } from './mistake.js'
import { folderOfTarget, moduleFolders, ownScriptOf, writableFolders } from './places.js'
import type { Broken } from './rule.js'

type Danger = readonly [path: Path, what: string, why: string | undefined]

/** Whoever can write where modules and scripts lie decides what runs. */
const inside = ({ flags, applications, directories, static: files, folders }: Judged): Layout['inside'] => [
  ...moduleFolders(flags, folders).map((folder) => ({ folder, what: 'the code of the application' })),
  ...applications.flatMap((it) => {
    const path = ownScriptOf(it)
    if (path === undefined) return []
    return [{ folder: it.script.kind === 'folder' ? path : folderOfTarget(path), what: 'scripts of the site' }]
  }),
  ...(flags.adopted?.script === undefined
    ? []
    : [{ folder: posix.dirname(flags.adopted.script), what: 'scripts of the site' }]),
  ...directories.map(({ folder }) => ({ folder, what: served })),
  ...files.map(({ path }) => ({ folder: path, what: served })),
]

/** Folders that Python imports from, or that become the first of them. */
const importPaths = ({ flags }: Judged): readonly (readonly [Path, string])[] =>
  [
    [['daemon'], flags.daemon] as const,
    ...Object.entries(flags['process-groups']).map(([name, fields]) => [['process-groups', name], fields] as const),
  ].flatMap(([path, fields]) => [
    ...(fields.home === undefined ? [] : [[[...path, 'home'], fields.home] as const]),
    ...(fields['python-home'] === undefined ? [] : [[[...path, 'python-home'], fields['python-home']] as const]),
    ...(fields['python-path'] ?? []).map((folder, index) => [[...path, 'python-path', index], folder] as const),
  ])

const dangerOfImporting = (folder: string, { names }: Judged): string | undefined => {
  const writable = writableFolders(names).find((one) => isAtOrBelow(folder, one))
  return writable === undefined ? undefined : `the application can write in ${writable}, and Python imports from there`
}

/** Where we write, and what the application can change. */
export const pathRules = (judged: Judged): readonly Broken[] => {
  const { flags, names, folders } = judged
  const own = [flags.site, names.user]
  const { root, sqlite } = names
  const code = 'path' in flags.code ? flags.code.path : undefined
  const layout: Layout = { own, root, ...(code === undefined ? {} : { code }), inside: inside(judged) }
  const dangers: readonly Danger[] = [
    [['root'], root, dangerOf(root, own)],
    ...(code === undefined ? [] : [[['code', 'path'], code, dangerOfCodePath(code, root, own)] as const]),
    ...(flags.venv === undefined
      ? []
      : [[['venv'], flags.venv, dangerOfVenv(flags.venv, folders.code, root, own)] as const]),
    ...(flags.adopted?.script === undefined
      ? []
      : [[['adopted', 'script'], flags.adopted.script, dangerOf(flags.adopted.script, own)] as const]),
    ...sqlite.map((file, index): Danger => {
      const folder = posix.dirname(file)
      return [['sqlite', index], `the folder ${folder}`, dangerOfSqliteFolder(folder, layout)]
    }),
    ...importPaths(judged).map(([path, folder]): Danger => [path, folder, dangerOfImporting(folder, judged)]),
  ]
  return dangers.flatMap(([path, what, why]) =>
    why === undefined ? [] : [{ path, message: `${what} cannot be used: ${why}` }],
  )
}
