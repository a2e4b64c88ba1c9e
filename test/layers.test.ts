import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly from: string
  /** A file of ours, or the name of a package. */
  readonly to: string
  /** Types are gone when it runs; what is loaded on demand is not loaded with the file. */
  readonly kind: 'value' | 'type' | 'on demand'
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`)

const files = [...filesBelow('src'), ...filesBelow('playbooks')].sort()
const text = (file: string): string => readFileSync(join(root, file), 'utf8')

/** `node:fs/promises` is node:fs; `@inquirer/prompts` and `yaml/x` are packages. */
const packageOf = (specifier: string): string => {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

const importsOf = (from: string): readonly Import[] => {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, kind: Import['kind']): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return
    const { text: name } = specifier
    const to = name.startsWith('.') ? posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts') : packageOf(name)
    found.push({ from, to, kind })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.isTypeOnly === true ? 'type' : 'value')
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'value')
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'type')
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'on demand')
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(from, text(from), ts.ScriptTarget.ES2022, true))
  return found
}

const imports = files.flatMap(importsOf)
const shown = ({ from, to }: Import): string => `${from} -> ${to}`
const isOurs = (to: string): boolean => /^(src|playbooks|vagrant|test)\//.test(to)
const layerOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('src/') ? 2 : 1)
    .join('/')

const errors = 'src/errors.ts'
const transport = 'src/transport/transport.ts'

/** Which layers and files the files of a layer may import. What is not listed is forbidden. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/core': ['src/core'],
  'src/probes': ['src/probes', 'src/core', errors],
  'src/templates': ['src/templates', 'src/core'],
  'src/doctor': ['src/doctor', 'src/core'],
  'src/steps': ['src/steps', 'src/core', 'src/doctor', 'src/probes', 'src/templates', errors],
  playbooks: ['playbooks', 'src/core', 'src/steps'],
  'src/engine': ['src/engine', 'src/core', transport, errors],
  'src/fleet': ['src/fleet', 'src/core', 'src/render/documents-schema.ts', 'src/render/error.ts', errors],
  'src/explanations': ['src/explanations', errors],
  'src/render': ['src/render', 'src/core', errors],
  'src/config': ['src/config', 'src/core', errors],
  'src/detection': ['src/detection', 'src/core', 'src/config'],
  'src/inventory': ['src/inventory', 'src/core', 'src/config', 'src/detection/ssh-hosts.ts', errors],
  'src/adoption': ['src/adoption', 'src/core', 'src/config', 'src/detection', errors],
  'src/queue': ['src/queue', 'src/core', 'src/fleet', errors],
  'src/repository': ['src/repository', 'src/core', 'src/transport/local-apart.ts', errors],
  'src/transport': ['src/transport', 'src/core', errors],
  'src/wizard': [
    'src/wizard',
    'src/core',
    'src/config',
    'src/detection',
    'src/transport/ask.ts',
    'src/commands/declined.ts',
    errors,
  ],
}

/** Where only types may come from. */
const allowedTypes: Readonly<Record<string, readonly string[]>> = {
  'src/core': [errors],
  'src/doctor': ['src/probes'],
  playbooks: ['src/probes', 'src/templates'],
  'src/fleet': ['src/config/overrides.ts', 'src/config/schema.ts'],
  'src/inventory': ['src/fleet/host.ts'],
  'src/render': ['src/fleet/event.ts', 'src/explanations/explanation.ts', 'src/doctor/rule.ts'],
}

const within = (to: string, places: readonly string[] = []): boolean =>
  places.some((place) => to === place || to.startsWith(`${place}/`))

describe('who may import whom', () => {
  it.each(Object.keys(allowed))('%s', (layer) => {
    const forbidden = imports
      .filter(({ from, to }) => layerOf(from) === layer && isOurs(to))
      .filter(({ to, kind }) => !within(to, allowed[layer]) && !(kind === 'type' && within(to, allowedTypes[layer])))
    expect(forbidden.map(shown)).toEqual([])
  })

  it('only commands and the entry wire layers, and every layer is known here', () => {
    const layers = [...new Set(files.map(layerOf))].filter((layer) => !(layer in allowed))
    expect(layers.sort()).toEqual(['src/cli.ts', 'src/commands', 'src/errors.ts', 'src/index.ts'])
  })

  it('nothing of what is shipped imports tests or guests', () => {
    expect(imports.filter(({ to }) => /^(test|vagrant)\//.test(to)).map(shown)).toEqual([])
  })

  it('errors import nothing', () => {
    expect(imports.filter(({ from }) => from === errors)).toEqual([])
  })
})

/** Packages that only these files may import. */
const keepers: Readonly<Record<string, RegExp>> = {
  'node-ssh': /^src\/transport\/ssh/,
  ssh2: /^src\/transport\/ssh/,
  execa: /^src\/transport\/local\.ts$/,
  'node:child_process': /^src\/transport\/(local(-apart)?|openssh-\w+)\.ts$/,
  listr2: /^src\/(engine\/pipeline\.ts|render\/)/,
  inquirer: /^src\/wizard\//,
  '@inquirer/prompts': /^src\/wizard\//,
  '@inquirer/core': /^src\/wizard\//,
  'wrap-ansi': /^src\/(wizard|render\/explanation)/,
  commander: /^src\/(cli\.ts|commands\/)/,
  'tar-fs': /^src\/config\//,
  yaml: /^src\/config\//,
  jiti: /^src\/commands\/playbook/,
  '@lezer/python': /^src\/detection\/python-parse\.ts$/,
  '@lezer/common': /^src\/detection\/python-/,
  'smol-toml': /^src\/detection\/declared\.ts$/,
}

describe('a package has its place', () => {
  it.each(Object.entries(keepers))('%s', (name, place) => {
    expect(imports.filter(({ from, to }) => to === name && !place.test(from)).map(shown)).toEqual([])
  })

  it('core needs none at all, and of Node only what makes values and streams', () => {
    const used = imports.filter(({ from, to }) => from.startsWith('src/core/') && !isOurs(to)).map(({ to }) => to)
    expect([...new Set(used)].sort()).toEqual(['node:stream', 'node:util'])
  })
})

/** The first way round that begins and ends at a file. */
const circle = (start: string, edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined => {
  const seen = new Set<string>()
  const walk = (file: string, way: readonly string[]): readonly string[] | undefined => {
    for (const next of edges.get(file) ?? []) {
      if (next === start) return [...way, next]
      if (seen.has(next)) continue
      seen.add(next)
      const found = walk(next, [...way, next])
      if (found !== undefined) return found
    }
    return undefined
  }
  return walk(start, [start])
}

describe('the files', () => {
  it('load each other in no circle', () => {
    const edges = new Map(
      files.map((file) => [
        file,
        imports.filter(({ from, kind }) => from === file && kind !== 'type').map(({ to }) => to),
      ]),
    )
    const circles = files.flatMap((file) => circle(file, edges)?.join(' -> ') ?? [])
    expect(circles).toEqual([])
  })

  it('have at most 250 lines', () => {
    const all = [...files, ...filesBelow('vagrant')]
    expect(all.filter((file) => text(file).split('\n').length > 251)).toEqual([])
  })
})

const heavy = [
  ...['ssh2', 'node-ssh', 'zod', 'listr2', 'inquirer', 'execa', 'yaml', 'tar-fs', 'ignore', 'diff'],
  ...['@lezer/python', 'smol-toml', 'jiti', 'bullmq', 'ioredis', 'hono', '@bull-board/api', '@bull-board/hono'],
]

/** All that is loaded with a file, before anything is loaded on demand. */
const loadedWith = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  for (const { from, to, kind } of imports) {
    if (from !== file || kind !== 'value' || seen.has(to)) continue
    seen.add(to)
    loadedWith(to, seen)
  }
  return seen
}

/** A module that tells of every module that is loaded, a line each; the program reads its chunks itself. */
const hook = `data:text/javascript,${encodeURIComponent(`
import fs from 'node:fs'
import { register, syncBuiltinESMExports } from 'node:module'
const { readFileSync } = fs
fs.readFileSync = (file, ...how) => (fs.writeSync(2, 'loads ' + file + '\\n'), readFileSync(file, ...how))
syncBuiltinESMExports()
register('data:text/javascript,' + encodeURIComponent(\`
import { writeSync } from 'node:fs'
export const load = (url, context, next) => (writeSync(2, 'loads ' + url + '\\\\n'), next(url, context))
\`))`)}`

const loadedBy = (...args: readonly string[]): readonly string[] => {
  const program = [join(root, 'src/bin/deploy-flask.cjs'), ...args]
  const { stderr } = spawnSync(process.execPath, ['--import', hook, ...program], { encoding: 'utf8' })
  return [...stderr.matchAll(/^loads (.+)$/gm)].map(([, url = '']) => url)
}

/** What a loaded file is made from: a chunk of the bundle holds many, and its map names them. */
const sourcesOf = (file: string): readonly string[] => {
  const map = `${file}.map`
  if (!file.includes('/dist/cli/') || !existsSync(map)) return [file]
  // Written by the bundler a moment ago.
  return (JSON.parse(readFileSync(map, 'utf8')) as { readonly sources: readonly string[] }).sources
}

const isBuilt = existsSync(join(root, 'dist/cli/cli.cjs'))

describe('help is there at once, for what is heavy is loaded on demand', () => {
  it('by the imports of the entry', () => {
    const loaded = loadedWith('src/cli.ts')
    expect(loaded).toContain('commander')
    expect(heavy.filter((name) => loaded.has(name))).toEqual([])
  })

  it.skipIf(!isBuilt)('which cannot go unnoticed: a command that needs them is seen to load them', () => {
    const sources = loadedBy('schema').flatMap(sourcesOf)
    expect(sources.some((source) => source.includes('/node_modules/zod/'))).toBe(true)
  })

  it.skipIf(!isBuilt)('by what the built program really loads (skipped before npm run build)', () => {
    for (const args of [['--help'], ['--version'], ['plan', '--help'], ['no-such-command']]) {
      const loaded = loadedBy(...args).flatMap(sourcesOf)
      expect(loaded.some((source) => source.endsWith('/src/cli.ts'))).toBe(true)
      expect(heavy.filter((name) => loaded.some((url) => url.includes(`/node_modules/${name}/`)))).toEqual([])
    }
  })
})
