import { posix } from 'node:path'
import { logicalLines, packageOf, readRequirements } from '../config/requirements.js'
import { readInside } from './folder.js'
import type { Finding } from './project.js'
import { noteAt } from './quote.js'

/** A requirement and where it is written. */
export interface Requirement {
  readonly text: string
  readonly path: string
  readonly line: number
}

export interface RequirementList {
  readonly lines: readonly Requirement[]
  readonly notes: readonly Finding<string>[]
  /** It also names the project itself: `-e .` */
  readonly isWithProject: boolean
}

const option = /^(?:-r|--requirement|-c|--constraint|-e|--editable)(?:\s+|=|(?=[^\s-]))(.+)$/
const itself = /^(file:)?\.\/?(\[[^\]]*\])?$/

/** The requirements of a file with those of the files that it includes, as one list of what a flags file accepts. */
export const listRequirements = async (top: string, file: string): Promise<RequirementList> => {
  const lines: Requirement[] = []
  const constraints: Requirement[] = []
  const notes: Finding<string>[] = []
  const seen = new Set<string>()
  let isWithProject = false

  const read = async (path: string, into: Requirement[]): Promise<void> => {
    if (seen.has(path)) return
    seen.add(path)
    const text = (await readInside(top, path))?.text
    if (text === undefined) return
    for (const { number, text: line } of logicalLines(text)) {
      const place = { path, line: number }
      const [, named] = option.exec(line) ?? []
      if (line === '') continue
      if (/^(-r|--requirement)/.test(line) && named !== undefined) await include(named, place, into)
      else if (/^(-c|--constraint)/.test(line) && named !== undefined) await include(named, place, constraints)
      else if (itself.test(line) || (named !== undefined && itself.test(named))) isWithProject = true
      else {
        const [plain = ''] = line.split(/\s+--hash=/)
        const [fault] = readRequirements(plain, path).mistakes
        if (fault === undefined) into.push({ text: plain.replace(/\s+/g, ' ').trim(), ...place })
        else if (!plain.startsWith('pkg'))
          notes.push(noteAt(`left out: ${fault.replace(/^.*?:\d+: /, '')}`, path, { line: number, text: line }))
      }
    }
  }

  const include = async (named: string, { path, line }: Omit<Requirement, 'text'>, into: Requirement[]) => {
    const target = posix.join(posix.dirname(path), named.trim())
    const content = await readInside(top, target)
    if (content?.text !== undefined) return read(target, into)
    notes.push(noteAt(`${target} is included, but cannot be read here`, path, { line, text: named }))
  }

  await read(file, lines)
  const joined = constrained(withoutDoubles(lines), constraints)
  if (joined.unused.length > 0) {
    const { path, line, text } = joined.unused[0] ?? { path: file, line: 1, text: '' }
    notes.push(noteAt('constraints of packages that no requirement names are left out', path, { line, text }))
  }
  return { lines: joined.lines, notes, isWithProject }
}

/** Of two lines about one package the last, as long as it says something. */
export const withoutDoubles = (lines: readonly Requirement[]): readonly Requirement[] => {
  const kept = new Map<string, Requirement>()
  for (const one of lines) {
    const key = one.text.includes(';') ? one.text : packageOf(one.text)
    const before = kept.get(key)
    if (before === undefined || /[<>=!~]/.test(one.text)) kept.set(key, one)
  }
  return [...kept.values()]
}

/** Constraints become part of the requirement of the same package. */
const constrained = (lines: readonly Requirement[], constraints: readonly Requirement[]) => {
  const used = new Set<Requirement>()
  const joined = lines.map((one) => {
    const constraint = constraints.find(({ text }) => packageOf(text) === packageOf(one.text))
    if (constraint === undefined) return one
    used.add(constraint)
    const specifier = constraint.text.slice(constraint.text.search(/[<>=!~;]|$/)).trim()
    if (specifier === '' || specifier.includes(';') || one.text.includes(';')) return one
    const hasOwn = /[<>=!~]/.test(one.text)
    return { ...one, text: hasOwn ? `${one.text},${specifier}` : `${one.text}${specifier}` }
  })
  return { lines: joined, unused: constraints.filter((one) => !used.has(one)) }
}
