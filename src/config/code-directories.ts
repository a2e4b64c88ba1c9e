import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { listed, type Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'
import type { DirectoryFields } from './schema-applications.js'
import type { FolderContent } from './source.js'

const below = (folder: string, { files }: FolderContent): readonly string[] =>
  [...files].filter((file) => file.startsWith(`${folder}/`))

const textOf = async (file: string, { code }: FolderContent): Promise<string> => {
  try {
    return await readFile(join(code.folder, file), 'utf8')
  } catch {
    // a link to nowhere or to a folder
    return ''
  }
}

/** SetHandler makes every file a script: an image there is answered with 500. */
const noScripts = async (fields: DirectoryFields, path: Path, content: FolderContent): Promise<readonly Broken[]> => {
  if (fields.handler === undefined) return []
  const callable = new RegExp(`\\b${fields.callable ?? 'application'}\\b`)
  const strange: string[] = []
  for (const file of below(fields.folder, content)) {
    if (/(^|\/)\.|\.(py|pyc|wsgi)$/i.test(file)) continue
    if (!callable.test(await textOf(file, content))) strange.push(file)
  }
  return strange.length === 0
    ? []
    : [
        {
          path: [...path, 'handler'],
          message: `would run ${listed(strange)} as WSGI scripts: write handlers: {".wsgi": wsgi-script}`,
        },
      ]
}

const extension = (file: string): string => posix.extname(file).toLowerCase()
const stem = (file: string): string => `${posix.dirname(file)}/${posix.basename(file).split('.')[0] ?? ''}`

/** Without its extension a URL must mean one file. */
const ambiguous = (fields: DirectoryFields, path: Path, content: FolderContent): readonly Broken[] => {
  if (!fields.multiviews) return []
  const scripts = Object.keys(fields.handlers ?? {}).map((one) => one.toLowerCase())
  const byStem = new Map<string, string[]>()
  for (const file of below(fields.folder, content)) byStem.set(stem(file), [...(byStem.get(stem(file)) ?? []), file])
  return [...byStem.values()]
    .filter((files) => files.length > 1 && files.some((file) => scripts.includes(extension(file))))
    .map((files) => ({
      path: [...path, 'multiviews'],
      message: `cannot choose between ${listed(files)}: give them different names`,
    }))
}

const noIndex = (fields: DirectoryFields, path: Path, { files }: FolderContent): readonly Broken[] => {
  const names = fields['directory-index']
  return names.length === 0 || fields.indexes || names.some((name) => files.has(`${fields.folder}/${name}`))
    ? []
    : [{ path: [...path, 'directory-index'], message: `none of ${names.join(', ')} is in ${fields.folder}` }]
}

/** Class of AllowOverride -> directives that people write into .htaccess files (httpd: AllowOverride). */
const classes: Readonly<Record<DirectoryFields['htaccess'][number], RegExp>> = {
  AuthConfig: /^(Auth[A-Z]\w*|Require|Satisfy)$/i,
  FileInfo:
    /^((Add|Set)(Handler|Type|OutputFilter|InputFilter|Charset|Encoding|Language)|ForceType|AddDefaultCharset|MultiviewsMatch|ErrorDocument|Rewrite\w+|Redirect\w*|Header|RequestHeader|(Set|Unset|Pass)Env\w*|WSGI(CallableObject|PassAuthorization|ScriptReloading|ErrorOverride|ChunkedRequest|MapHEADToGET))$/i,
  Indexes:
    /^(DirectoryIndex|DirectorySlash|FallbackResource|IndexOptions|IndexIgnore|HeaderName|ReadmeName|Expires\w+)$/i,
  Limit: /^(Order|Allow|Deny)$/i,
}

/** Nothing allows them in a .htaccess file. */
const never = /^(WSGI(ProcessGroup|ApplicationGroup|ScriptAlias\w*|DaemonProcess)|Options|Alias|AliasMatch)$/i

const directivesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => /^\s*([A-Za-z][A-Za-z0-9]*)\b/.exec(line)?.[1] ?? '')
    .filter((word) => word !== '')

const overrideFault = (directive: string, allowed: DirectoryFields['htaccess']): string | undefined => {
  if (never.test(directive)) return 'which cannot stand there: set it in the flags file'
  const needed = Object.entries(classes).find(([, directives]) => directives.test(directive))?.[0]
  return needed === undefined || allowed.some((one) => one === needed)
    ? undefined
    : `which is answered with 500 for every URL there: htaccess: [${[...allowed, needed].join(', ')}]`
}

const htaccess = async (fields: DirectoryFields, path: Path, content: FolderContent): Promise<readonly Broken[]> => {
  const allowed = fields.htaccess
  const found: Broken[] = []
  if (allowed.length === 0) return found
  for (const file of below(fields.folder, content).filter((one) => posix.basename(one) === '.htaccess')) {
    for (const directive of new Set(directivesOf(await textOf(file, content)))) {
      const fault = overrideFault(directive, allowed)
      if (fault !== undefined)
        found.push({ path: [...path, 'htaccess'], message: `${file} holds ${directive}, ${fault}` })
    }
  }
  return found
}

/** What only shows in the files that Apache will find there. */
export const directoryContents = async (flags: FlagsFile, content: FolderContent): Promise<readonly Broken[]> => {
  const found: Broken[] = []
  for (const [index, fields] of flags.directories.entries()) {
    if (!content.folders.has(fields.folder)) continue
    const path = ['directories', index]
    found.push(
      ...(await noScripts(fields, path, content)),
      ...ambiguous(fields, path, content),
      ...noIndex(fields, path, content),
      ...(await htaccess(fields, path, content)),
    )
  }
  return found
}
