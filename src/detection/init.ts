import { commandLine } from '../config/fields.js'
import type { Context } from './context.js'
import type { Module } from './modules.js'
import type { Finding } from './project.js'
import type { Call, Expression, FunctionStatement } from './python-tree.js'
import { foundAt, foundIn } from './quote.js'
import type { Scope } from './scopes.js'
import type { Values } from './values.js'

/** Names of commands that prepare something, and do not take anything away. */
const prepares =
  /(^|[-_ ])(init|initdb|init-?db|create|createdb|setup|migrate|upgrade|bootstrap|install|deploy|db|tables?|seed)([-_ ]|$)/i
const destroys = /drop|delete|reset|clear|remove|destroy|wipe|test|downgrade|backup|dump/i

const order = [/^flask db upgrade$/, /init/i, /create/i, /setup|bootstrap|install|deploy/i, /migrate|upgrade/i]

const rankOf = ({ value }: Finding<string>): number => {
  const index = order.findIndex((pattern) => pattern.test(value))
  return index === -1 ? order.length : index
}

/** Commands that make the database, best first. */
export const initIn = (context: Context): readonly Finding<string>[] => {
  const { modules, values } = context
  const commands = modules.flatMap((module) => commandsIn(module, values))
  const found = [...migrations(context), ...commands, ...django(context)].filter(
    ({ value }) => prepares.test(value) && !destroys.test(value) && commandLine.safeParse(value).success,
  )
  const isFirst = ({ value }: Finding<string>, index: number) => found.findIndex((one) => one.value === value) === index
  return found.filter(isFirst).sort((one, other) => rankOf(one) - rankOf(other))
}

const commandsIn = (module: Module, values: Values): readonly Finding<string>[] => {
  const found: Finding<string>[] = []
  for (const { statement, scope } of values.statementsIn(module)) {
    if (statement.kind === 'function') {
      for (const decorator of statement.decorators) {
        const name = commandOf(decorator, statement, scope, values)
        if (name !== undefined)
          found.push(foundAt(`flask ${name}`, module.path, { ...decorator, text: `@${decorator.text}` }))
      }
    } else if (statement.kind === 'other') {
      for (const node of statement.parts) {
        const added = addedOf(node, scope, values)
        if (added !== undefined) found.push(foundAt(`flask ${added}`, module.path, node))
      }
    }
  }
  return found
}

/** As click makes it from the name of the function. */
const usualName = ({ name }: FunctionStatement): string => name.toLowerCase().replaceAll('_', '-')

const nameIn = ({ positional, keywords }: Call): string | undefined => {
  const node = keywords.get('name') ?? positional[0]
  return node?.kind === 'string' ? node.value : undefined
}

/** `@app.cli.command('init-db')`; below a blueprint its name comes first. */
const commandOf = (
  decorator: Expression,
  definition: FunctionStatement,
  scope: Scope,
  values: Values,
): string | undefined => {
  const call = decorator.kind === 'call' ? decorator : undefined
  const callee = call?.callee ?? decorator
  if (callee.kind !== 'attribute' || callee.name !== 'command') return undefined
  if (callee.of.kind !== 'attribute' || callee.of.name !== 'cli') return undefined
  const own = (call === undefined ? undefined : nameIn(call)) ?? usualName(definition)
  const group = groupOf(callee.of.of, scope, values)
  return group === undefined ? own : `${group} ${own}`.trim()
}

/** The name that a blueprint gives to its commands; empty where they have none. */
const groupOf = (node: Expression, scope: Scope, values: Values): string | undefined => {
  for (const { binding } of values.definitions(node, scope)) {
    if (binding.kind !== 'value' || binding.value.kind !== 'call') continue
    const { callee, keywords } = binding.value
    if (!/(^|\.)(API)?Blueprint$/.test(callee.text)) continue
    const group = keywords.get('cli_group')
    if (group !== undefined) return group.kind === 'string' ? group.value : ''
    return nameIn(binding.value)
  }
  return undefined
}

/** `app.cli.add_command(init_db)` */
const addedOf = (node: Expression, scope: Scope, values: Values): string | undefined => {
  if (node.kind !== 'call' || node.callee.kind !== 'attribute' || node.callee.name !== 'add_command') return undefined
  const { of } = node.callee
  const [command, given] = node.positional
  if (of.kind !== 'attribute' || of.name !== 'cli' || command === undefined) return undefined
  if (given?.kind === 'string') return given.value
  for (const { binding } of values.definitions(command, scope)) {
    if (binding.kind !== 'function') continue
    const decorator = binding.decorators.find((one) => one.kind === 'call' && /command$/.test(one.callee.text))
    return (decorator?.kind === 'call' ? nameIn(decorator) : undefined) ?? usualName(binding)
  }
  return undefined
}

/** Flask-Migrate, when there is something to upgrade to. */
const migrations = ({ folder, base, modules, values }: Context): readonly Finding<string>[] => {
  const env = base === '.' ? 'migrations/env.py' : `${base}/migrations/env.py`
  if (!folder.files.has(env)) return []
  for (const module of modules) {
    for (const { node, scope } of values.expressionsIn(module)) {
      const value = node.kind === 'call' ? values.of(node.callee, scope) : undefined
      if (value?.kind === 'external' && value.name === 'flask_migrate.Migrate') {
        return [foundAt('flask db upgrade', module.path, node)]
      }
    }
  }
  return []
}

const django = ({ folder, base, modules }: Context): readonly Finding<string>[] => {
  const manage = base === '.' ? 'manage.py' : `${base}/manage.py`
  const isDjango = modules.some(({ body }) =>
    body.some(({ kind, text }) => kind === 'import' && /^from django/.test(text)),
  )
  return isDjango && folder.files.has(manage) ? [foundIn('python manage.py migrate --noinput', manage, 'Django')] : []
}
