import { posix } from 'node:path'
import { importsOf, ownAndAbove, type Module, type Modules } from './modules.js'

/** The folder that `pip install -e .` makes importable. */
const src = 'src'

/**
 * The folder that each module has to be imported from. `__init__.py` tells where packages end; folders without it are
 * packages too, when something imports them as such.
 */
export const basesOf = (modules: Modules): ReadonlyMap<Module, string> => {
  const told = new Map<Module, Set<string>>()
  const tell = (module: Module, base: string): void => {
    told.set(module, (told.get(module) ?? new Set()).add(base))
  }
  for (const module of modules.all) {
    for (const from of importsOf(module)) {
      const base = from.level > 0 ? undefined : modules.folderOf(module, from)
      if (base === undefined) continue
      tell(module, base)
      for (const imported of modules.imported(module, from)) tell(imported, base)
    }
  }
  return new Map(
    modules.all.map((module) => {
      const own = modules.baseOf(module)
      const above = ownAndAbove(own).filter((folder) => told.get(module)?.has(folder) === true)
      // a script beside src cannot be imported together with what it imports from there
      const base = own === '.' && told.get(module)?.has(src) === true ? src : (above.at(-1) ?? own)
      return [module, base]
    }),
  )
}

/** `shop.web` for shop/web.py; undefined where nothing can be imported under its name from there. */
export const dottedName = ({ path }: Module, base: string): string | undefined => {
  const below = base === '.' ? path : path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined
  if (below === undefined || !below.endsWith('.py')) return undefined
  const dotted = below
    .replace(/\.py$/, '')
    .replace(/(^|\/)__init__$/, '')
    .replaceAll('/', '.')
  return dotted === '' ? undefined : dotted
}

export const depthOf = (folder: string): number => (folder === '.' ? 0 : folder.split(posix.sep).length)
