import { posix } from 'node:path'
import type { Remark } from './python-parse.js'
import { everyStatement, scopeStatements, type Expression, type Statement } from './python-tree.js'
import type { ClassStatement, FunctionStatement, ImportStatement } from './python-tree.js'

export interface Module {
  /** `shop/web.py`, relative to the root of the project. */
  readonly path: string
  readonly body: readonly Statement[]
  readonly remarks: readonly Remark[]
  readonly names: Names
}

/** What a name of a scope stands for; the last binding counts most. */
export type Binding =
  | { readonly kind: 'value'; readonly value: Expression; readonly line: number; readonly text: string }
  | FunctionStatement
  | ClassStatement
  /** `name` is missing where a module itself is bound. */
  | { readonly kind: 'import'; readonly from: ImportedFrom; readonly line: number; readonly text: string }

export interface ImportedFrom {
  readonly module: string
  readonly level: number
  readonly name?: string
}

export type Names = ReadonlyMap<string, readonly Binding[]>

export const namesIn = (body: readonly Statement[]): Names => {
  const names = new Map<string, Binding[]>()
  const bind = (name: string, binding: Binding): void => {
    const known = names.get(name)
    if (known === undefined) names.set(name, [binding])
    else known.push(binding)
  }
  for (const statement of scopeStatements(body)) {
    if (statement.kind === 'function' || statement.kind === 'class') bind(statement.name, statement)
    else if (statement.kind === 'assign') {
      const { value, line, text } = statement
      for (const target of statement.targets) {
        if (target.kind === 'name') bind(target.name, { kind: 'value', value, line, text })
      }
    } else if (statement.kind === 'import') {
      for (const [name, from] of importedNames(statement)) {
        bind(name, { kind: 'import', from, line: statement.line, text: statement.text })
      }
    }
  }
  return names
}

/** `import a.b` binds `a`, `import a.b as c` binds a.b as `c`. */
const importedNames = ({ from, level, names }: ImportStatement): readonly (readonly [string, ImportedFrom])[] =>
  names.map(({ name, as }) => {
    if (from !== undefined) return [as ?? name, { module: from, level, name }]
    const [top = ''] = name.split('.')
    return as === undefined ? [top, { module: top, level: 0 }] : [as, { module: name, level: 0 }]
  })

/** Every module that is named in an import, anywhere in the file: `from a import b` may mean a.b as well. */
export const importsOf = ({ body }: Module): readonly ImportedFrom[] =>
  [...everyStatement(body)].flatMap((statement) =>
    statement.kind !== 'import'
      ? []
      : statement.names.flatMap(({ name }) =>
          statement.from === undefined
            ? [{ module: name, level: 0 }]
            : [{ module: statement.from, level: statement.level, name }],
        ),
  )

/** All Python files, and how they find each other. */
export class Modules {
  readonly all: readonly Module[]
  readonly #byPath: ReadonlyMap<string, Module>

  constructor(all: readonly Module[]) {
    this.all = all
    this.#byPath = new Map(all.map((module) => [module.path, module]))
  }

  at(path: string): Module | undefined {
    return this.#byPath.get(path)
  }

  /** `shop.web` in a folder: shop/web.py or shop/web/__init__.py. */
  within(folder: string, dotted: string): Module | undefined {
    const path = posix.join(folder, dotted.replaceAll('.', '/'))
    return this.at(`${path}.py`) ?? this.at(posix.join(path, '__init__.py'))
  }

  /** The folder that a file is imported from, as far as `__init__.py` tells: the first one above that has none. */
  baseOf({ path }: Module): string {
    let folder = posix.dirname(path)
    while (folder !== '.' && this.at(`${folder}/__init__.py`) !== undefined) folder = posix.dirname(folder)
    return folder
  }

  /**
   * The folder in which an absolute import is found: that of the file's own package, one above, or `src`, which
   * `pip install -e .` adds. A folder without `__init__.py` counts when it holds what is imported from it. Undefined: it
   * is no module of the project.
   */
  foundFrom(module: Module, dotted: string, name?: string): string | undefined {
    return [...ownAndAbove(this.baseOf(module)), 'src'].find(
      (base) =>
        this.within(base, dotted) !== undefined ||
        (name !== undefined && this.within(base, `${dotted}.${name}`) !== undefined),
    )
  }

  /** Where the module of an import is looked for; undefined where it is none of the project. */
  folderOf(module: Module, { module: dotted, level, name }: ImportedFrom): string | undefined {
    return level > 0 ? this.#relative(module, level) : this.foundFrom(module, dotted, name)
  }

  /** The folder that a relative import begins in: one dot is the folder of the file. */
  #relative(module: Module, level: number): string {
    return posix.join(posix.dirname(module.path), ...Array.from({ length: level - 1 }, () => '..'))
  }

  /** The modules that an import loads, without those that it is only a name in. */
  imported(module: Module, from: ImportedFrom): readonly Module[] {
    const folder = this.folderOf(module, from)
    if (folder === undefined) return []
    const { module: dotted, name } = from
    const longer = name === undefined ? [] : [dotted === '' ? name : `${dotted}.${name}`]
    return [...(dotted === '' ? [''] : parents(dotted)), ...longer].flatMap((one) => this.within(folder, one) ?? [])
  }
}

/** `a.b.c` loads a, a.b and a.b.c. */
const parents = (dotted: string): readonly string[] =>
  dotted.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.'))

/** `a/b`, `a`, `.` */
export const ownAndAbove = (folder: string): readonly string[] =>
  folder === '.' ? ['.'] : [folder, ...ownAndAbove(posix.dirname(folder))]
