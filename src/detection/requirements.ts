import { posix } from 'node:path'
import { relativePath, requirement } from '../config/fields.js'
import { listed } from '../config/mistake.js'
import { logicalLines, readRequirements } from '../config/requirements.js'
import { insideCode, type Context } from './context.js'
import { declaredInPipfile, declaredInPyproject, lockedInPipfile, lockedInPoetry, type Declared } from './declared.js'
import { declaredInSetup, declaredInSetupCfg } from './declared-setup.js'
import { faultNote, readInside } from './folder.js'
import { importsOf } from './modules.js'
import type { Finding } from './project.js'
import type { Node } from './python-tree.js'
import { foundAt, foundIn, noteAt } from './quote.js'
import { listRequirements, withoutDoubles, type Requirement } from './requirement-list.js'
import { lastBefore } from './versions.js'

export interface FoundRequirements {
  readonly found: readonly Finding<string | readonly string[]>[]
  readonly python: readonly Finding<string>[]
  readonly notes: readonly Finding<string>[]
}

/** One way to say what the application needs. */
interface Way {
  readonly finding: Finding<string | readonly string[]>
  readonly lines: readonly Requirement[]
}

/** Best first, those for whoever works on the project left out. */
const rankOf = (path: string): number => {
  const name = path.replace(/\.txt$/, '')
  const order = [/(^|\/)requirements$/, /prod/, /deploy|live|server/, /base|common|main|core/]
  const index = order.findIndex((pattern) => pattern.test(name))
  return index === -1 ? order.length : index
}

const isForWork = (path: string): boolean =>
  /(^|[-_/.])(dev|devel|development|tests?|testing|docs?|lint|linting|ci|local|typing|style|build|optional|extras?)[-_.]/.test(
    path,
  )

const isRequirementsFile = (path: string): boolean =>
  /^(requirements?[^/]*|requirements?\/[^/]+)\.txt$/i.test(path) && !isForWork(path) && !/constraints/.test(path)

const filesIn = ({ folder, base }: Context): readonly string[] =>
  [...new Set([base, '.'])].flatMap((where) =>
    [...folder.files]
      .filter((path) => isRequirementsFile(insideCode(path, where) ?? ''))
      .sort((one, other) => rankOf(one) - rankOf(other)),
  )

export const requirementsIn = async (context: Context): Promise<FoundRequirements> => {
  const notes: Finding<string>[] = []
  const python: Finding<string>[] = []
  const declared = await declaredIn(context, notes)
  const ways: Way[] = []
  for (const file of new Set(filesIn(context))) {
    const way = await fromFile(file, context, declared, notes)
    if (way !== undefined) ways.push(way)
  }
  for (const { path, says, text } of declared) {
    const way = fromDeclared(path, lineOf(says.key, text), says, notes)
    if (way !== undefined) ways.push(way)
    if (says.python !== undefined && says.python !== '') python.push(foundAt(says.python, path, pythonLine(text)))
  }
  if (ways.length === 0) ways.push(...fromImports(context, notes))
  const kept = ways.filter((way) => !ways.some((other) => isCopy(way, other)))
  return { found: kept.map(({ finding }) => finding), python: [...pinned(kept[0]?.lines ?? []), ...python], notes }
}

const textsOf = ({ lines }: Way): string => lines.map(({ text }) => text).join('\n')

/** A list that says no more than a file, which goes on being looked after. */
const isCopy = (way: Way, other: Way): boolean =>
  typeof way.finding.value !== 'string' && typeof other.finding.value === 'string' && textsOf(way) === textsOf(other)

/** Requirements that no Python 3.6 can fulfil, as one finding. */
const pinned = (lines: readonly Requirement[]): readonly Finding<string>[] => {
  const newer = lines.flatMap((line) => {
    const last = lastBefore(line.text)
    return last === undefined ? [] : [{ ...line, text: `${line.text} (${last} is the last for Python 3.6)` }]
  })
  const first = newer.find(({ text }) => /^flask\b(?!-)/i.test(text)) ?? newer[0]
  const more = newer.length > 1 ? ` and ${newer.length - 1} more` : ''
  return first === undefined ? [] : [foundAt('>=3.7', first.path, { line: first.line, text: `${first.text}${more}` })]
}

interface DeclaredAt {
  readonly path: string
  readonly text: string
  readonly says: Declared
}

const readers: readonly (readonly [name: string, read: (text: string) => Declared | undefined])[] = [
  ['Pipfile.lock', lockedInPipfile],
  ['poetry.lock', lockedInPoetry],
  ['pyproject.toml', declaredInPyproject],
  ['Pipfile', declaredInPipfile],
  ['setup.cfg', declaredInSetupCfg],
  ['setup.py', declaredInSetup],
]

const declaredIn = async ({ folder, base }: Context, notes: Finding<string>[]): Promise<readonly DeclaredAt[]> => {
  const found: DeclaredAt[] = []
  for (const where of new Set([base, '.'])) {
    for (const [name, read] of readers) {
      const path = posix.join(where, name)
      const content = await readInside(folder.top, path)
      if (content?.fault !== undefined) notes.push(faultNote(path, content.fault))
      if (content?.text === undefined) continue
      const says = read(content.text)
      if (says === undefined)
        notes.push(noteAt(`${name} cannot be read as what it should be`, path, { line: 1, text: name }))
      else found.push({ path, says, text: content.text })
    }
  }
  return found
}

/** Where a key stands, as a person would look for it: at the beginning of a line, or anywhere. */
const lineOf = (key: string, text: string): number => {
  const names = [key.split('.').at(-1) ?? key, `[${key}]`, `[[${key}]]`, `"${key}"`]
  const lines = text.split('\n').map((line) => line.trim())
  const index = lines.findIndex((line) => names.some((name) => line.startsWith(name)))
  return Math.max(0, index === -1 ? lines.findIndex((line) => line.includes(key)) : index) + 1
}

const pythonLine = (text: string): Node => {
  const lines = text.split('\n')
  const index = lines.findIndex((one) =>
    /\b(requires-python|python(_requires|_version|_full_version)?)\s*[=:]/.test(one),
  )
  return { line: Math.max(0, index) + 1, text: lines[index] ?? '' }
}

const fromFile = async (
  file: string,
  context: Context,
  declared: readonly DeclaredAt[],
  notes: Finding<string>[],
): Promise<Way | undefined> => {
  const content = await readInside(context.folder.top, file)
  if (content?.fault !== undefined) notes.push(faultNote(file, content.fault))
  if (content?.text === undefined || content.fault !== undefined) return undefined
  const inside = insideCode(file, context.base)
  const first = logicalLines(content.text).find(({ text }) => text !== '')
  if (first === undefined) return undefined
  const isPlain = readRequirements(content.text, file).mistakes.length === 0
  const list = await listRequirements(context.folder.top, file)
  if (isPlain && inside !== undefined && relativePath.safeParse(inside).success) {
    return { finding: foundAt(inside, file, { line: first.number, text: summary(list.lines) }), lines: list.lines }
  }
  notes.push(...list.notes)
  const own = list.isWithProject ? declared.find(({ says }) => says.requirements !== undefined) : undefined
  const added = own === undefined ? [] : linesOf(own.path, lineOf(own.says.key, own.text), own.says)
  return wayOf([...added, ...list.lines], file, first.number)
}

const summary = (lines: readonly Requirement[]): string => listed(lines.map(({ text }) => text))

const wayOf = (lines: readonly Requirement[], path: string, line: number): Way | undefined => {
  const kept = withoutDoubles(lines)
  if (kept.length === 0) return undefined
  const texts = kept.map(({ text }) => text)
  return { finding: foundAt(texts, path, { line, text: summary(kept) }), lines: kept }
}

const linesOf = (path: string, line: number, says: Declared): readonly Requirement[] =>
  (says.requirements ?? []).map((text) => ({ text: text.replace(/\s+/g, ' ').trim(), path, line }))

const fromDeclared = (path: string, line: number, says: Declared, notes: Finding<string>[]): Way | undefined => {
  const lines = linesOf(path, line, says)
  const fits = lines.filter(({ text }) => requirement.safeParse(text).success)
  const refused = [...(says.refused ?? []), ...lines.filter((one) => !fits.includes(one)).map(({ text }) => text)]
  if (refused.length > 0) {
    notes.push(noteAt('left out, for only packages of the index can be listed', path, { line, text: listed(refused) }))
  }
  return wayOf(fits, path, line)
}

/** Nothing lists them: at least Flask and its extensions are known by their names. */
const fromImports = ({ modules }: Context, notes: Finding<string>[]): readonly Way[] => {
  const found: Requirement[] = []
  for (const module of modules) {
    for (const { module: dotted, level } of importsOf(module)) {
      const [top = ''] = dotted.split('.')
      const text = top === 'flask' ? 'Flask' : top.replaceAll('_', '-')
      if (level > 0 || !/^flask(_[a-z0-9_]+)?$/.test(top) || found.some((one) => one.text === text)) continue
      found.push({ text, path: module.path, line: 1 })
    }
  }
  const [first] = found
  if (first === undefined) return []
  notes.push(foundIn('no file lists requirements: add whatever else it imports', '.', summary(found)))
  const finding = foundIn(
    found.map(({ text }) => text),
    first.path,
    `imports ${summary(found)}`,
  )
  return [{ finding, lines: [] }]
}
