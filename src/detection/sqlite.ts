import { posix } from 'node:path'
import { dangerOf } from '../config/dangerous-paths.js'
import { sqlitePath } from '../config/fields.js'
import type { Context } from './context.js'
import { readOf } from './environment.js'
import type { Finding, FoundSetting } from './project.js'
import { partsOf, valuesIn, type Expression } from './python-tree.js'
import { foundAt, lineWith, noteAt } from './quote.js'
import { connectedFile, isSqliteUrl, sqliteFile, type SqliteFile } from './sqlite-file.js'
import { textOf } from './text.js'
import type { Placed, Scope } from './scopes.js'
import type { Values } from './values.js'

export interface FoundSqlite {
  readonly files: readonly Finding<string>[]
  /** Settings that say where a file lies, beside those whose default tells it. */
  readonly bySetting: ReadonlyMap<string, NonNullable<FoundSetting['sqlite']>>
  readonly notes: readonly Finding<string>[]
}

interface Seen {
  readonly node: Expression
  readonly placed: Placed
  readonly file: SqliteFile
  /** A setting decides, and this is only what is taken without it. */
  readonly isFallback: boolean
}

export const sqliteIn = ({ modules, values }: Context, usualName: string): FoundSqlite => {
  const placed = modules.flatMap((module) => values.statementsIn(module))
  const configured = configuredIn(placed, values)
  const files: Finding<string>[] = []
  const bySetting = new Map<string, NonNullable<FoundSetting['sqlite']>>()
  const notes: Finding<string>[] = []
  for (const { node, placed: at, file, isFallback } of placed.flatMap((one) => seenIn(one, values))) {
    const { path } = at.scope.module
    const line = lineWith(node, at.statement)
    const fault = faultOf(file.file)
    const note = (text: string): void => {
      if (!notes.some(({ value }) => value === text)) notes.push(noteAt(text, path, line))
    }
    if (fault !== undefined) note(`the SQLite file ${file.file} cannot be used: ${fault}`)
    else if (!files.some(({ value }) => value === file.file)) files.push(foundAt(file.file, path, line))
    if (file.isInCode && !isFallback) {
      const where = 'would lie in the code, where the application cannot write on the host'
      note(`the SQLite file ${file.file} ${where}: read its path from a setting`)
    }
  }
  for (const one of placed) {
    for (const { node, setting } of connectedBySetting(one, configured, values)) {
      bySetting.set(setting, { file: usualName, form: 'path' })
      const at = lineWith(node, one.statement)
      if (!files.some(({ value }) => value === usualName)) files.push(foundAt(usualName, one.scope.module.path, at))
    }
  }
  return { files, bySetting, notes }
}

const faultOf = (file: string): string | undefined => {
  if (!sqlitePath.safeParse(file).success) return 'its path has characters that are not accepted'
  return posix.isAbsolute(file) ? dangerOf(posix.dirname(file), []) : undefined
}

/** `DATABASE`, `DB_PATH`, `SQLITE_FILE`: what is assigned to such a name and ends like a database is one. */
const isDatabaseName = (label: string): boolean => /DATABASE|SQLITE|(^|_)DB(_|$)/i.test(label)

const labelOf = (target: Expression | undefined): string => {
  if (target?.kind === 'name' || target?.kind === 'attribute') return target.name
  if (target?.kind === 'subscript' && target.index.kind === 'string') return target.index.value
  return ''
}

const seenIn = (placed: Placed, values: Values): readonly Seen[] => {
  const { statement, scope } = placed
  const seen: Seen[] = []
  /** `before`: what is taken instead when it is there. */
  const visit = (node: Expression, label: string, before: readonly Expression[]): void => {
    const read = readOf(node, scope, values)
    if (read !== undefined) {
      if (read.fallback !== undefined) visit(read.fallback, label, [node, ...before])
      return
    }
    if (node.kind === 'operation' && node.operator === 'or' && node.left !== undefined) {
      visit(node.left, label, before)
      return visit(node.right, label, [node.left, ...before])
    }
    const found = fileIn(node, label, scope, values)
    if (found === 'unknown') return
    if (found !== undefined) {
      const isFallback = [node, ...before].some((one) => holdsRead(one, scope, values))
      seen.push({ node, placed, file: found, isFallback })
      return
    }
    if (node.kind === 'mapping') for (const [key, value] of node.entries) visit(value, keyOf(key), before)
    else if (node.kind === 'call') {
      for (const part of [node.callee, ...node.positional, ...node.spread]) visit(part, '', before)
      for (const [name, value] of node.keywords) visit(value, name, before)
    } else for (const part of partsOf(node)) visit(part, label, before)
  }
  const label = statement.kind === 'assign' ? labelOf(statement.targets[0]) : ''
  for (const value of valuesIn(statement)) visit(value, label, [])
  return seen
}

const keyOf = (key: Expression): string => (key.kind === 'string' ? key.value : '')

/** `unknown`: it names a file, but which one shows only when it runs. */
const fileIn = (node: Expression, label: string, scope: Scope, values: Values): SqliteFile | 'unknown' | undefined => {
  if (node.kind === 'call' && isConnect(node.callee, scope, values)) {
    const [first] = node.positional
    const text = first === undefined ? undefined : textOf(first, scope, values)
    return text === undefined ? undefined : connectedFile(text)
  }
  if (!['string', 'format', 'operation', 'call', 'choice'].includes(node.kind)) return undefined
  const text = textOf(node, scope, values)
  const file = text === undefined ? undefined : sqliteFile(text)
  if (file === undefined) return text !== undefined && isSqliteUrl(text) ? 'unknown' : undefined
  return file.form === 'url' || node.kind !== 'string' || isDatabaseName(label) ? file : undefined
}

const isConnect = (callee: Expression, scope: Scope, values: Values): boolean => {
  const value = values.of(callee, scope)
  return value?.kind === 'external' && /^(aio)?sqlite3?\.connect$/.test(value.name)
}

/** Whether a setting has a say in it, here or where its names get their values. */
const holdsRead = (node: Expression, scope: Scope, values: Values, seen = new Set<Expression>()): boolean => {
  if (seen.has(node)) return false
  seen.add(node)
  return (
    readOf(node, scope, values) !== undefined ||
    partsOf(node).some((part) => holdsRead(part, scope, values, seen)) ||
    values
      .definitions(node, scope)
      .some(({ binding, scope: its }) => binding.kind === 'value' && holdsRead(binding.value, its, values, seen))
  )
}

/** Key of app.config -> the setting that it is read from, with nothing to fall back to. */
const configuredIn = (placed: readonly Placed[], values: Values): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const add = (key: string, node: Expression, scope: Scope): void => {
    const read = readOf(node, scope, values)
    if (key !== '' && read !== undefined && read.fallback === undefined) found.set(key, read.name)
  }
  for (const { statement, scope } of placed) {
    if (statement.kind === 'assign') for (const one of statement.targets) add(labelOf(one), statement.value, scope)
    for (const value of valuesIn(statement)) {
      if (value.kind === 'call') for (const [key, node] of value.keywords) add(key, node, scope)
    }
  }
  return found
}

/** `sqlite3.connect(os.environ['DATABASE'])`, or of what app.config has from there. */
const connectedBySetting = (
  { statement, scope }: Placed,
  configured: ReadonlyMap<string, string>,
  values: Values,
): readonly { readonly node: Expression; readonly setting: string }[] => {
  const found: { node: Expression; setting: string }[] = []
  const visit = (node: Expression): void => {
    const [first] = node.kind === 'call' && isConnect(node.callee, scope, values) ? node.positional : []
    const read = first === undefined ? undefined : readOf(first, scope, values)
    const setting =
      read === undefined ? configured.get(labelOf(first)) : read.fallback === undefined ? read.name : undefined
    if (setting !== undefined) found.push({ node, setting })
    for (const part of partsOf(node)) visit(part)
  }
  for (const value of valuesIn(statement)) visit(value)
  return found
}
