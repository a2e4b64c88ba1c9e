import { dangerOfReading, dangerOfServing, isAtOrBelow, oursBelowRoot } from './dangerous-paths.js'
import type { Judged } from './judged.js'
import type { Path } from './mistake.js'
import { folderOfTarget, isPrivateName, moduleFolders, ownScriptOf, writableFolders } from './places.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

/** What nobody may download, with its name. */
type Treasure = readonly [path: string, what: string]

const treasures = (judged: Judged): readonly Treasure[] => {
  const { flags, names, folders } = judged
  const file = flags.authentication?.['users-file']
  const venv = flags.venv ?? (flags.profile === 'seed' ? `${names.root}/env` : undefined)
  return [
    [folders.code, 'the whole code'],
    ...names.sqlite.map((path): Treasure => [path, `the database ${path}`]),
    ...(venv === undefined ? [] : [[venv, 'the virtual environment'] as const]),
    ...(typeof file === 'string' ? [[file, `the passwords in ${file}`] as const] : []),
    ...Object.values(flags['rewrite-maps']).flatMap(({ file: map }) =>
      map === undefined ? [] : [[map, `the map ${map}`] as const],
    ),
  ]
}

const modules = ({ flags, folders }: Judged): readonly Treasure[] =>
  moduleFolders(flags, folders).map((path) => [path, 'the code of the application'])

const scripts = ({ applications, directories }: Judged): readonly Treasure[] => [
  ...applications.flatMap((it): readonly Treasure[] => {
    const script = ownScriptOf(it)
    if (script === undefined) return []
    const path = script.includes('$') ? folderOfTarget(script) : script
    return [[path, `the source of ${path}`]]
  }),
  ...directories
    .filter(({ setHandler, handlers }) => setHandler !== undefined || handlers.length > 0)
    .map(({ folder }): Treasure => [folder, `the source of the scripts in ${folder}`]),
]

/** What deployments make below the root, but the code that is served from there. */
const oursAt = (path: string, root: string): string | undefined => {
  const names = [...Object.entries(oursBelowRoot).filter(([name]) => name !== 'current'), ['data', 'the data'] as const]
  return names.find(([name]) => isAtOrBelow(path, `${root}/${name}`))?.[1]
}

const holding = (folder: string, all: readonly Treasure[]): string | undefined =>
  all.find(([path]) => isAtOrBelow(path, folder))?.[1]

/** Anybody could download it. */
const dangerOfFiles = (folder: string, judged: Judged): string | undefined => {
  const general = dangerOfServing(folder)
  if (general !== undefined) return general
  const { root } = judged.names
  if (isAtOrBelow(root, folder)) return 'it holds everything of the site'
  const ours = oursAt(folder, root)
  if (ours !== undefined) return `it holds ${ours}`
  const treasure = holding(folder, treasures(judged))
  return treasure === undefined ? undefined : `anybody could download ${treasure}`
}

const dangerOfFile = (file: string, judged: Judged): string | undefined => {
  const general = dangerOfReading(file)
  if (general !== undefined) return general
  if (isPrivateName(file)) return privateNames
  const ours = oursAt(file, judged.names.root)
  if (ours !== undefined) return `it holds ${ours}`
  const treasure = holding(file, [...treasures(judged), ...scripts(judged)])
  return treasure === undefined ? undefined : `anybody could download ${treasure}`
}

/** Whoever can write there decides what runs. */
const dangerOfScripts = (folder: string, { names }: Judged): string | undefined => {
  const general = dangerOfReading(folder)
  if (general !== undefined) return general
  const one = writableFolders(names).find((path) => isAtOrBelow(folder, path))
  return one === undefined ? undefined : `the application can write in ${one}, and so exchange what runs`
}

type Danger = readonly [path: Path, what: string, why: string | undefined]

const privateNames = 'anybody could download code and databases'

/** What the names end with that a pattern leads to, or undefined where that is anything. */
const endingOf = ({ match, file }: FlagsFile['static-patterns'][number]): string | undefined => {
  const afterLast = file.replace(/^.*\$[1-9]/, '')
  return afterLast === '' ? /\\(\.[a-z0-9]+)\)?\$$/i.exec(match)?.[1] : afterLast
}

const dangerOfPattern = (pattern: FlagsFile['static-patterns'][number], path: string, judged: Judged) => {
  const folder = folderOfTarget(path)
  const ending = endingOf(pattern)
  if (ending === undefined) return dangerOfFiles(folder, judged)
  if (isPrivateName(ending)) return privateNames
  const ours = oursAt(folder, judged.names.root)
  return dangerOfReading(folder) ?? (ours && `it holds ${ours}`)
}

const staticDangers = (judged: Judged): readonly Danger[] => [
  ...judged.static.map(({ field, url, path }): Danger => {
    if (!url.endsWith('/')) return [field, path, dangerOfFile(path, judged)]
    const code = holding(path, [...modules(judged), ...scripts(judged)])
    return [field, path, dangerOfFiles(path, judged) ?? (code && `anybody could download ${code}`)]
  }),
  ...judged.flags['static-patterns'].map((pattern, index): Danger => {
    const path = ['static-patterns', index, 'file']
    const whole = pattern.file.startsWith('/') ? pattern.file : `${judged.folders.code}/${pattern.file}`
    return whole.includes('$')
      ? [path, folderOfTarget(whole), dangerOfPattern(pattern, whole, judged)]
      : [path, whole, dangerOfFile(whole, judged)]
  }),
]

const scriptDangers = (judged: Judged): readonly Danger[] => [
  ...judged.applications.flatMap((it): readonly Danger[] => {
    const script = ownScriptOf(it)
    if (script === undefined) return []
    if (it.script.kind === 'folder') {
      const why = dangerOfServing(script) ?? dangerOfScripts(script, judged)
      const whole = holding(script, [[judged.folders.code, 'every module of the code would be a script']])
      return [[[...it.path, 'scripts'], script, why ?? whole]]
    }
    return [[[...it.path, 'script'], script, dangerOfScripts(folderOfTarget(script), judged)]]
  }),
  ...judged.directories.map(({ path, folder }): Danger => {
    const why = dangerOfFiles(folder, judged) ?? dangerOfScripts(folder, judged)
    return [[...path, 'folder'], folder, why]
  }),
]

const passwordDangers = ({ flags, folders }: Judged): readonly Danger[] => {
  const file = flags.authentication?.['users-file']
  return typeof file === 'string' && isAtOrBelow(file, folders.code)
    ? [[['authentication', 'users-file'], file, 'passwords do not belong into the code: /etc/apache2/NAME.htpasswd']]
    : []
}

/** What would be shown to everybody, or run although the application can change it. */
export const servedRules = (judged: Judged): readonly Broken[] =>
  [...staticDangers(judged), ...scriptDangers(judged), ...passwordDangers(judged)].flatMap(([path, what, why]) =>
    why === undefined ? [] : [{ path, message: `${what} cannot be used: ${why}` }],
  )
