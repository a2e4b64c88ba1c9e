import { posix } from 'node:path'
import type { ScriptDirectory } from '../core/applications.js'
import type { StaticFiles, StaticPattern } from '../core/httpd.js'
import { directive, isBelow, section, type Node } from './apache.js'
import { granted } from './vhost-applications.js'

const isFolder = ({ url }: StaticFiles): boolean => url.endsWith('/')

const caching = ({ from, maxAge, headers }: StaticFiles): readonly Node[] => [
  ...(maxAge === undefined
    ? []
    : [
        directive('ExpiresActive', ['On'], `${from}.max-age: browsers may keep it`),
        directive('ExpiresDefault', [`access plus ${maxAge} seconds`], `${from}.max-age: how long`),
      ]),
  ...headers.map(([name, value]) =>
    directive('Header', ['set', name, value], `${from}.headers.${name}: sent with each of these files`),
  ),
]

/** The longest URL first: of several Alias lines the first that matches wins. */
export const staticAliases = (files: readonly StaticFiles[], patterns: readonly StaticPattern[]): readonly Node[] => [
  ...[...files]
    .sort((one, other) => other.url.length - one.url.length || (one.url < other.url ? -1 : 1))
    .map((it) =>
      directive('Alias', [it.url, isFolder(it) ? `${it.path}/` : it.path], `${it.from}: served by Apache itself`),
    ),
  ...patterns.map(({ from, pattern, path }) =>
    directive('AliasMatch', [pattern, path], `${from}.match: URLs that match are served by Apache itself`),
  ),
]

/** In a folder in which every file is a script, files that are none. */
const noScript = ({ from, path }: StaticFiles, directories: readonly ScriptDirectory[]): readonly Node[] =>
  directories.some(({ folder, setHandler }) => setHandler !== undefined && isBelow(path, folder))
    ? [directive('SetHandler', ['None'], `${from}: no script, as everything else in the folder around it`)]
    : []

const fileSection = (it: StaticFiles, directories: readonly ScriptDirectory[]): Node => {
  const { from, path } = it
  const inside = [granted(`${from}: open to every client`), ...noScript(it, directories), ...caching(it)]
  if (!isFolder(it)) {
    const file = section('Files', [posix.basename(path)], `${from}: nothing but this file`, inside)
    return section('Directory', [posix.dirname(path)], `${from}: the folder of the file`, [file])
  }
  return section('Directory', [path], `${from}: this folder`, [
    directive('Options', ['None'], `${from}: no lists of files, no scripts, no links`),
    directive('AllowOverride', ['None'], `${from}: no .htaccess file is read`),
    ...inside,
  ])
}

const groupsOf = (pattern: string): readonly string[] =>
  [...pattern.matchAll(/\(((?:[^()\\]|\\.)*)\)/g)].map(([, inner = '']) => inner)

/** The folder that holds what a pattern leads to, and a pattern of the names in it, none of which is hidden. */
const patternSection = ({ from, pattern, path }: StaticPattern): Node => {
  const groups = groupsOf(pattern)
  const folder = path.includes('$') ? posix.dirname(path.slice(0, path.indexOf('$') + 1)) : posix.dirname(path)
  const name = posix
    .basename(path)
    .replace(/\$([1-9])|[.+~-]/g, (found, digit: string | undefined) =>
      digit === undefined ? `\\${found}` : (groups[Number(digit) - 1] ?? '').replace(/^.*\/(?![^[]*\])/, ''),
    )
  const files = section('FilesMatch', [`^(?!\\.)${name}$`], `${from}.file: nothing but the files that are meant`, [
    granted(`${from}: open to every client`),
  ])
  return section('Directory', [folder], `${from}.file: the folder of the files`, [files])
}

/** Shallow folders first: what is said of a deeper one comes later and wins anyway. */
export const staticSections = (
  files: readonly StaticFiles[],
  patterns: readonly StaticPattern[],
  directories: readonly ScriptDirectory[],
): readonly Node[] => [
  ...[...files].sort((one, other) => (one.path < other.path ? -1 : 1)).map((it) => fileSection(it, directories)),
  ...patterns.map(patternSection),
]
