import { directoryContents } from './code-directories.js'
import { listed, type Path } from './mistake.js'
import { folderOfTarget, isPrivateName } from './places.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'
import type { FolderContent } from './source.js'

/** Paths on the host are not known here. */
const isInside = (path: string): boolean => !path.startsWith('/')

/** A file or folder of the code that the flags file names. */
interface Wanted {
  readonly path: Path
  readonly name: string
  readonly kind: 'file' | 'folder'
  /** When it is the other kind. */
  readonly otherwise?: string
}

/** Of `styles/$1`: `styles`, and nothing of `$1`, which is anywhere in the code. */
const folderOf = (target: string): string | undefined => {
  const folder = folderOfTarget(target)
  return folder === '.' ? undefined : folder
}

const targetOf = (path: Path, target: string): readonly Wanted[] => {
  if (!target.includes('$')) return [{ path, name: target, kind: 'file' }]
  const folder = folderOf(target)
  return folder === undefined ? [] : [{ path, name: folder, kind: 'folder' }]
}

const staticWanted = (path: Path, fields: FlagsFile['static']): readonly Wanted[] =>
  Object.entries(fields).map(([url, value]) => {
    const name = typeof value === 'string' ? value : value.path
    const field = [...path, url]
    return url.endsWith('/')
      ? {
          path: field,
          name,
          kind: 'folder',
          otherwise: `a file has a URL without a slash at the end: ${url.slice(0, -1)}`,
        }
      : { path: field, name, kind: 'file', otherwise: `a folder has a URL with a slash at both ends: ${url}/` }
  })

const wantedBy = (flags: FlagsFile): readonly Wanted[] => [
  ...staticWanted(['static'], flags.static),
  ...flags['static-patterns'].flatMap(({ file }, index) => targetOf(['static-patterns', index, 'file'], file)),
  ...flags.applications.flatMap(({ script, scripts, static: files }, index): readonly Wanted[] => {
    const path = ['applications', index]
    return [
      ...(script === undefined ? [] : targetOf([...path, 'script'], script)),
      ...(scripts === undefined ? [] : [{ path: [...path, 'scripts'], name: scripts, kind: 'folder' } as const]),
      ...staticWanted([...path, 'static'], files),
    ]
  }),
  ...flags.directories.flatMap(({ folder, fallback }, index): readonly Wanted[] => {
    const path = ['directories', index]
    return [
      { path: [...path, 'folder'], name: folder, kind: 'folder' },
      ...(fallback?.script === undefined
        ? []
        : [{ path: [...path, 'fallback', 'script'], name: `${folder}/${fallback.script}`, kind: 'file' } as const]),
    ]
  }),
  ...flags.access.flatMap(({ folder }, index): readonly Wanted[] =>
    folder === undefined ? [] : [{ path: ['access', index, 'folder'], name: folder, kind: 'folder' }],
  ),
]

/** Apache would start without complaint and answer 404. What a build will make nobody knows here: the host is asked then. */
const missing = (flags: FlagsFile, { code, files, folders }: FolderContent): readonly Broken[] =>
  (flags.build === undefined ? wantedBy(flags) : [])
    .filter(({ name }) => isInside(name))
    .flatMap(({ path, name, kind, otherwise }) => {
      const [its, others] = kind === 'file' ? [files, folders] : [folders, files]
      if (its.has(name)) return []
      const message =
        others.has(name) && otherwise !== undefined
          ? `${name} is no ${kind}; ${otherwise}`
          : `${name} is no ${kind} in ${code.folder}, or nothing of it is sent`
      return [{ path, message }]
    })

const harmless = ['.well-known', '.gitkeep', '.gitignore', '.keep', '.nojekyll', '.DS_Store']

/** Code, databases, and what is hidden for a reason (.env, .git). */
export const isPrivate = (file: string): boolean =>
  isPrivateName(file) || file.split('/').some((part) => part.startsWith('.') && !harmless.includes(part))

const exposing = (path: Path, files: readonly string[]): readonly Broken[] =>
  files.length === 0
    ? []
    : [{ path, message: `anybody could download ${listed(files)}: move them, or list them in .deployignore` }]

const staticExposed = (path: Path, fields: FlagsFile['static'], { files }: FolderContent): readonly Broken[] =>
  Object.entries(fields).flatMap(([url, value]) => {
    const name = typeof value === 'string' ? value : value.path
    const below = [...files].filter((file) => file === name || file.startsWith(`${name}/`))
    return exposing([...path, url], below.filter(isPrivate))
  })

/** What the names that a pattern lets through can be: of `styles/$1` all in `styles`. */
const patternExposed = (flags: FlagsFile, { files }: FolderContent): readonly Broken[] =>
  flags['static-patterns'].flatMap(({ match, file }, index) => {
    const matcher = new RegExp(match)
    const parts = file.split(/\$[1-9]/)
    // only where the group is the name, which is how patterns of files are written, is it known what they match
    if (!isInside(file) || parts.length !== 2) return []
    const [before = '', after = ''] = parts
    const found = [...files].filter((one) => {
      if (!one.startsWith(before) || !one.endsWith(after) || !isPrivate(one)) return false
      const name = one.slice(before.length, one.length - after.length)
      return urlsFor(match, name).some((url) => matcher.test(url))
    })
    return exposing(['static-patterns', index, 'file'], found)
  })

/** The URL in which the one group of the pattern is this name. */
const urlsFor = (pattern: string, name: string): readonly string[] => {
  const parts = pattern.replace(/^\^|\$$/g, '').split(/\([^()]*\)/)
  return parts.length === 2 ? [parts.join(name).replaceAll('\\', '')] : []
}

/** What cannot be right, given the files that will be sent. */
export const contentMistakes = async (flags: FlagsFile, content: FolderContent): Promise<readonly Broken[]> => [
  ...missing(flags, content),
  ...staticExposed(['static'], flags.static, content),
  ...flags.applications.flatMap(({ static: files }, index) =>
    staticExposed(['applications', index, 'static'], files, content),
  ),
  ...patternExposed(flags, content),
  ...(await directoryContents(flags, content)),
]
