import { settingName } from '../config/fields.js'
import { holdsPassword } from '../config/inline-secrets.js'
import type { Context } from './context.js'
import { isEnviron, readOf, type EnvironmentRead } from './environment.js'
import { prefixedReads } from './prefixed.js'
import type { Finding, FoundSetting } from './project.js'
import { partsOf, scopeStatements, valuesIn, type Expression, type Node, type Statement } from './python-tree.js'
import { foundAt, lineWith } from './quote.js'
import { sqliteFile } from './sqlite-file.js'
import { isPlain, textOf } from './text.js'
import type { Placed, Scope } from './scopes.js'
import type { Values } from './values.js'

/** The host's, the shell's or the server's, and nobody's to set. */
const system =
  /^(PATH|HOME|USER|USERNAME|LOGNAME|PWD|SHELL|LANG|LC_.*|TERM|TZ|TMP|TEMP|TMPDIR|HOSTNAME|VIRTUAL_ENV|WERKZEUG_RUN_MAIN|DJANGO_SETTINGS_MODULE|FLASK_(APP|ENV|DEBUG|RUN_.*)|CI|PYTEST_.*)$/

const secretPart = /(SECRET|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|TOKEN|KEY|DSN|CREDENTIALS?|SALT)S?$/i
const database = /(DATABASE|DB|SQL|REDIS|MONGO|POSTGRES|MYSQL|MARIADB|BROKER|AMQP|CELERY).*(URL|URI)$/i

const isSecret = (name: string): boolean => name.split('_').some((part) => secretPart.test(part)) || database.test(name)

interface Read extends EnvironmentRead {
  readonly scope: Scope
  readonly at: Node
  readonly isOptional: boolean
}

/** What the application reads from its environment. */
export const settingsIn = (context: Context): readonly Finding<FoundSetting>[] => {
  const { modules, values } = context
  const reads: readonly Read[] = [
    ...modules.flatMap((module) => values.statementsIn(module).flatMap((placed) => readsIn(placed, values))),
    ...prefixedReads(context).map((read) => ({ ...read, fails: false, isOptional: false })),
  ]
  const names = [...new Set(reads.map(({ name }) => name))]
  return names
    .filter((name) => settingName.safeParse(name).success && !system.test(name))
    .map((name) =>
      settingOf(
        name,
        reads.filter((one) => one.name === name),
        values,
      ),
    )
}

const settingOf = (name: string, reads: readonly Read[], values: Values): Finding<FoundSetting> => {
  const isRequired = !reads.some(({ isOptional }) => isOptional) && reads.some(({ fails }) => fails)
  const [first] = reads
  const shown = (isRequired ? reads.find(({ fails }) => fails) : reads.find(({ fallback }) => fallback)) ?? first
  const texts = reads.flatMap(({ fallback, scope }) =>
    fallback === undefined ? [] : (valueOf(fallback, scope, values) ?? []),
  )
  const sqlite = texts.map(sqliteFile).find((file) => file !== undefined)
  const usual = texts.find((text) => !/[\p{Cc}\p{Cs}]/u.test(text))
  const secret = (isSecret(name) || holdsPassword.test(usual ?? '')) && sqlite === undefined
  const setting: FoundSetting = {
    name,
    required: isRequired,
    ...(usual === undefined || secret ? {} : { default: usual }),
    secret,
    ...(sqlite === undefined ? {} : { sqlite: { file: sqlite.file, form: sqlite.form } }),
  }
  return foundAt(setting, shown?.scope.module.path ?? '', shown?.at ?? { line: 1, text: '' })
}

const valueOf = (node: Expression, scope: Scope, values: Values): string | undefined =>
  node.kind === 'constant' ? (node.text === 'None' ? undefined : node.text) : textOf(node, scope, values)

const readsIn = ({ statement, scope, all }: Placed, values: Values): readonly Read[] => {
  const found: Read[] = []
  const add = (node: Node, read: EnvironmentRead, isOptional = false): void => {
    found.push({ ...read, scope, at: lineWith(node, statement), isOptional })
  }
  const visit = (node: Expression, fallback: Expression | undefined): void => {
    const read = readOf(node, scope, values)
    if (read !== undefined) {
      const isEmpty = read.fallback?.kind === 'string' && read.fallback.value === ''
      const taken = isEmpty ? (fallback ?? read.fallback) : (read.fallback ?? fallback)
      add(node, { ...read, ...(taken === undefined ? {} : { fallback: taken }) })
      for (const part of partsOf(node)) visit(part, undefined)
    } else if (node.kind === 'operation' && node.operator === 'or' && node.left !== undefined) {
      visit(node.left, node.right)
      visit(node.right, undefined)
    } else if (
      node.kind === 'operation' &&
      /^(not )?in$/.test(node.operator) &&
      isEnviron(values.of(node.right, scope))
    ) {
      const name = node.left === undefined ? undefined : textOf(node.left, scope, values)
      if (name !== undefined && isPlain(name)) add(node, { name, fails: false }, true)
    } else {
      // int(read) or 25, read.strip() or 'none'
      const passing =
        node.kind === 'attribute' ? [node.of] : node.kind === 'call' ? [node.callee, node.positional[0]] : []
      for (const part of partsOf(node)) visit(part, passing.includes(part) ? fallback : undefined)
    }
  }

  for (const value of valuesIn(statement)) visit(value, undefined)
  if (found.length === 0) return found
  if (isRefused(statement, all)) return found.map((read) => ({ ...read, fails: true }))
  const isCaught = all.some((one) => one.kind === 'try' && isCaughtBy(one, statement))
  return isCaught ? found.map((read) => ({ ...read, fails: false })) : found
}

const raises = (body: readonly Statement[]): boolean =>
  body.some(({ kind, text }) => kind === 'raise' || /^(sys\.)?exit\(|^abort\(/.test(text))

const isCaughtBy = (block: Extract<Statement, { kind: 'try' }>, statement: Statement): boolean =>
  [...scopeStatements(block.body)].includes(statement) && !block.handlers.some(raises)

/** `if not key: raise`, of what was read into `key`, or read there. */
const isRefused = (statement: Statement, all: readonly Statement[]): boolean => {
  if (statement.kind === 'if') return isAbsence(statement.test) && raises(statement.body)
  if (statement.kind !== 'assign' || statement.targets.length !== 1) return false
  const [target] = statement.targets
  if (target?.kind !== 'name' || hasFallback(statement.value)) return false
  return [...scopeStatements(all)].some(
    (one) => one.kind === 'if' && isAbsence(one.test) && nameIn(one.test) === target.name && raises(one.body),
  )
}

const hasFallback = (node: Expression): boolean => node.kind === 'operation' && node.operator === 'or'

const isAbsence = (test: Expression): boolean =>
  test.kind === 'operation' && (test.operator === 'not' || (test.operator === 'is' && test.right.text === 'None'))

const nameIn = (test: Expression): string | undefined => {
  if (test.kind !== 'operation') return undefined
  const node = test.left ?? test.right
  return node.kind === 'name' ? node.name : undefined
}
