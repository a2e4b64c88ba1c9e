import { posix } from 'node:path'
import { insideCode } from './context.js'
import { importsOf, type Module, type Modules } from './modules.js'
import type { Values } from './values.js'

/** Modules that are named in a text: app.config.from_object('config.Config') */
const loaders = ['from_object', 'import_string', 'import_module', 'from_pyfile']

const namedIn = (module: Module, modules: Modules, values: Values): readonly Module[] => {
  const found: Module[] = []
  for (const { node } of values.expressionsIn(module)) {
    if (node.kind !== 'call') continue
    const { callee, positional } = node
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : ''
    const [first] = positional
    if (!loaders.includes(name) || first?.kind !== 'string') continue
    const dotted = first.value.replace(/\.py$/, '').replaceAll(/[:/]/g, '.')
    const target = ([dotted, dotted.replace(/\.[^.]*$/, '')] as const).flatMap((one) =>
      modules.imported(module, { module: one, level: 0 }).slice(-1),
    )
    found.push(...target)
  }
  return found
}

/**
 * The files that make up the application: what is imported from where it begins, and all else in the packages of these,
 * for who knows what is imported by name. Scripts beside it are not part of it.
 */
export const applicationFiles = (entry: Module, base: string, modules: Modules, values: Values): readonly Module[] => {
  const found = new Set<Module>()
  const packages = new Set<string>()
  const queue = [entry]
  for (let module = queue.pop(); module !== undefined; module = queue.pop()) {
    if (found.has(module)) continue
    found.add(module)
    for (const imported of importsOf(module)) queue.push(...modules.imported(module, imported))
    queue.push(...namedIn(module, modules, values))
    const below = base === '.' ? module.path : posix.relative(base, module.path)
    const [top = ''] = below.split('/')
    if (top === below || top === '..' || packages.has(top)) continue
    packages.add(top)
    queue.push(...modules.all.filter(({ path }) => path.startsWith(`${posix.join(base, top)}/`)))
  }
  return modules.all.filter((module) => found.has(module) && insideCode(module.path, base) !== undefined)
}
