import { variablePrefix } from './usual-settings.js'
import { flagsFileJsonSchema, type JsonSchema } from './json-schema.js'

/** How the text of an option or a variable becomes the value of a field. */
type SettingKind = 'text' | 'number' | 'boolean' | 'list' | 'mapping' | 'any'

/** A field of the flags file that can be given without a file, too. */
export interface Setting {
  /** `daemon.threads` */
  readonly key: string
  readonly path: readonly string[]
  /** `daemon-threads`: written as `--daemon-threads`. */
  readonly option: string
  /** `DEPLOY_FLASK_DAEMON_THREADS` */
  readonly variable: string
  readonly kind: SettingKind
  /** All that it may be, where that is a few words. */
  readonly choices?: readonly string[]
  readonly description: string
}

/**
 * Known under this name to everybody who knows ssh, or plain enough without their section; and the version says how a
 * file is to be read.
 */
const optionNames: Readonly<Record<string, string | undefined>> = {
  'fleet.parallel': 'parallel',
  'fleet.rolling': 'rolling',
  'fleet.canary': 'canary',
  'fleet.canary-wait': 'canary-wait',
  'fleet.stop-after': 'stop-after',
  'fleet.host-seconds': 'host-seconds',
  'ssh.config-file': 'ssh-config',
  'ssh.transport': 'transport',
  version: undefined,
}

const isSchema = (schema: JsonSchema | boolean | undefined): schema is JsonSchema => typeof schema === 'object'

const kinds: Readonly<Record<string, SettingKind>> = {
  integer: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'mapping',
}

const kindOf = (schema: JsonSchema): SettingKind => {
  if (schema.anyOf !== undefined || schema.const !== undefined) return 'any'
  return kinds[String(schema.type)] ?? 'text'
}

/** Written short it is one of its own keys: a path. */
const shortened = 'check'

/** The forms of a union in which every form has keys of its own: `code` is a folder here or a path there. */
const groups = (key: string, schema: JsonSchema): readonly JsonSchema[] => {
  const all = (schema.anyOf ?? [schema]).filter(isSchema)
  const forms = key === shortened ? all.filter(({ properties }) => properties !== undefined) : all
  return forms.every(({ properties }) => properties !== undefined) ? forms : []
}

/** A secret is given as a whole, {env: NAME} or {file: PATH}. */
const isSecret = (forms: readonly JsonSchema[]): boolean =>
  forms.length > 1 && forms.some(({ properties }) => Object.hasOwn(properties ?? {}, 'env'))

const choicesOf = ({ enum: values }: JsonSchema): Pick<Setting, 'choices'> => {
  const choices = values?.filter((value) => typeof value === 'string') ?? []
  return choices.length === 0 ? {} : { choices }
}

const setting = (path: readonly string[], schema: JsonSchema): readonly Setting[] => {
  const key = path.join('.')
  const option = Object.hasOwn(optionNames, key) ? optionNames[key] : path.join('-')
  if (option === undefined) return []
  const variable = `${variablePrefix}${option.toUpperCase().replaceAll('-', '_')}`
  const description = schema.description ?? ''
  return [{ key, path, option, variable, kind: kindOf(schema), ...choicesOf(schema), description }]
}

const below = (path: readonly string[], schema: JsonSchema): readonly Setting[] => {
  const forms = groups(path.join('.'), schema)
  if (forms.length === 0 || isSecret(forms)) return setting(path, schema)
  return forms.flatMap(({ properties }) =>
    Object.entries(properties ?? {}).flatMap(([name, child]) => (isSchema(child) ? below([...path, name], child) : [])),
  )
}

let table: readonly Setting[] | undefined

/** Every field as option, environment variable and key, from the schema itself, in its order. */
export const settingsTable = (): readonly Setting[] => (table ??= below([], flagsFileJsonSchema()))
