import { posix } from 'node:path'
import { isPrivate } from '../config/code-content.js'
import { relativePath } from '../config/fields.js'
import { staticUrl } from '../config/fields-apache.js'
import { kindOf } from './applications.js'
import { argumentOf, argumentText, Prefixes, type Made } from './blueprints.js'
import { insideCode, type Context } from './context.js'
import type { Finding, StaticFolder } from './project.js'
import { foundAt, noteAt } from './quote.js'
import { projectFolder } from './text.js'

interface Served {
  readonly url: string
  /** Relative to the root of the project. */
  readonly folder: string
  readonly made: Made
}

/** Folders that Flask serves itself, and Apache could. */
export const staticIn = (
  context: Context,
): { readonly found: readonly Finding<StaticFolder>[]; readonly notes: readonly Finding<string>[] } => {
  const found: Finding<StaticFolder>[] = []
  const notes: Finding<string>[] = []
  for (const { url, folder, made } of served(context)) {
    const { path } = made.scope.module
    const tell = (text: string) => notes.push(noteAt(text, path, made.call))
    const inside = insideCode(folder, context.base)
    const files = [...context.folder.files].filter((file) => file.startsWith(`${folder}/`))
    if (!context.folder.folders.has(folder) || files.length === 0) continue
    const secret = files.find((file) => isPrivate(posix.relative(folder, file)))
    if (inside === undefined) {
      tell(`static files in ${folder} lie outside of the code and are not sent`)
    } else if (url === '/') {
      tell('static files at / cannot be told from the application: they are left to it')
    } else if (!staticUrl.safeParse(url).success || !relativePath.safeParse(inside).success) {
      tell(`static files at ${url} cannot be served by Apache under this name: they are left to Flask`)
    } else if (secret !== undefined) {
      tell(`static files are left to Flask: anybody could download ${secret}`)
    } else if (!found.some(({ value }) => value.url === url)) {
      found.push(foundAt({ url, folder: inside }, path, made.call))
    }
  }
  return { found, notes }
}

const served = (context: Context): readonly Served[] => {
  const prefixes = new Prefixes(context)
  const apps: Served[] = []
  const blueprints: Served[] = []
  for (const module of context.modules) {
    for (const { node, scope, statement } of context.values.expressionsIn(module)) {
      if (node.kind !== 'call') continue
      const callee = context.values.of(node.callee, scope)
      if (callee?.kind !== 'external') continue
      const made = { call: node, scope }
      if (kindOf({ kind: 'external', name: `${callee.name}()` }) === 'flask') {
        apps.push(...servedBy(made, 'static', [''], context))
      } else if (/\.(API)?Blueprint$/.test(callee.name)) {
        const own = argumentText(made, 'url_prefix', 5, context.values) ?? ''
        const binding = [...scope.names.values()].flat().find((one) => one.kind === 'value' && one.value === node)
        const before = statement.kind === 'assign' ? prefixes.of(binding, own) : [own]
        blueprints.push(...servedBy(made, undefined, before, context))
      }
    }
  }
  // the application is asked first, so that its folder hides that of a blueprint at the same URL
  return [...apps, ...blueprints]
}

const servedBy = (
  made: Made,
  usual: string | undefined,
  prefixes: readonly string[],
  context: Context,
): readonly Served[] => {
  const isApp = usual !== undefined
  const given = argumentOf(made.call, 'static_folder', 2)
  if (given?.kind === 'constant') return []
  const written = given === undefined ? usual : argumentText(made, 'static_folder', 2, context.values)
  if (written === undefined) return []
  const url = argumentText(made, 'static_url_path', isApp ? 1 : 3, context.values) ?? `/${posix.basename(written)}`
  const folder = written.startsWith(projectFolder)
    ? posix.join('.', written.slice(1))
    : posix.join(rootPath(made, isApp ? 0 : 1, context), written)
  return prefixes.map((prefix) => ({ url: asFolderUrl(`${prefix}/${url}`), folder: folder.replace(/\/$/, ''), made }))
}

const asFolderUrl = (path: string): string => `/${path}/`.replace(/\/{2,}/g, '/')

/** The folder of the module or package that the application is told to belong to. */
const rootPath = (made: Made, position: number, { base, values }: Context): string => {
  const { path } = made.scope.module
  const name = argumentOf(made.call, 'import_name', position)
  if (name?.kind === 'string') {
    const named = values.modules.within(base, name.value)
    return posix.dirname(named?.path ?? path)
  }
  const inside = insideCode(path, base) ?? path
  const isTop = name !== undefined && name.kind !== 'name' && name.text.startsWith('__name__.')
  const [top = ''] = inside.split('/')
  return isTop && top !== inside ? posix.join(base, top) : posix.dirname(path)
}
