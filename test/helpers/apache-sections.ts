import { allOf, type ParsedDirective } from './apache-config.js'

type Tree = readonly ParsedDirective[]

const inside = (section: ParsedDirective): Tree => section.inside ?? []

const named = (tree: Tree, ...names: readonly string[]): Tree => tree.filter(({ name }) => names.includes(name))

const depth = (path: string): number => path.split('/').length

/** `/home/*\/x`: a star stands for one name. */
const isAbove = (folder: string, file: string): boolean =>
  new RegExp(
    `^${folder
      .replace(/[.+$()]/g, '\\$&')
      .replace(/\*/g, '[^/]*')
      .replace(/\/$/, '')}/`,
  ).test(file)

/** PCRE has its flags inside. */
const expression = (pattern: string): RegExp =>
  pattern.startsWith('(?i)') ? new RegExp(pattern.slice('(?i)'.length), 'i') : new RegExp(pattern)

const isOfFile = ({ name, args: [pattern = ''] }: ParsedDirective, base: string): boolean =>
  name === 'FilesMatch' ? expression(pattern).test(base) : pattern === '*' || pattern === base

/**
 * The sections that hold for a file, in the order in which Apache merges them ("How the sections are merged"): folders
 * from the shallowest, patterns of folders, then files; sections of files in folders come after those of the host.
 */
const sectionsOf = (tree: Tree, file: string): readonly Tree[] => {
  const folders = named(tree, 'Directory')
    .filter(({ args: [folder = ''] }) => isAbove(folder, file))
    .sort((one, other) => depth(one.args[0] ?? '') - depth(other.args[0] ?? ''))
  const patterns = named(tree, 'DirectoryMatch').filter(({ args: [pattern = ''] }) => new RegExp(pattern).test(file))
  const merged = [...folders, ...patterns].map(inside)
  const base = file.slice(file.lastIndexOf('/') + 1)
  const files = [tree, ...merged]
    .flatMap((some) => named(some, 'Files', 'FilesMatch'))
    .filter((it) => isOfFile(it, base))
  return [...merged, ...files.map(inside)]
}

/** What a directive says of a file in the end: the arguments of the last one, or undefined. */
export const lastSaid = (tree: Tree, file: string, name: string): readonly string[] | undefined =>
  sectionsOf(tree, file)
    .flatMap((some) => named(some, name))
    .at(-1)?.args

const isRequirement = ({ name }: ParsedDirective): boolean => /^Require/.test(name)

/** Each of these has to be met before Apache answers with the file; the last section alone decides, unless it is merged. */
export const requirementsOf = (tree: Tree, file: string): readonly Tree[] => {
  const closed: Tree = [{ name: 'Require', args: ['all', 'denied'] }]
  return sectionsOf(tree, file).reduce<readonly Tree[]>(
    (before, some) => {
      const here = some.filter(isRequirement)
      if (here.length === 0) return before
      const isMerged = named(some, 'AuthMerging').some(({ args }) => args[0] === 'And')
      return isMerged ? [...before, here] : [here]
    },
    [closed],
  )
}

export const isOpen = (tree: Tree, file: string): boolean =>
  requirementsOf(tree, file).every((some) => allOf(some).every(({ args }) => args.join(' ') === 'all granted'))
