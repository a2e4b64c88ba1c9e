import { DeployError } from '../errors.js'
import { counted, printable } from './mistake.js'
import { nearest } from './near.js'
import type { Override } from './overrides.js'
import { localPath } from './secrets.js'
import { readYaml } from './yaml-text.js'
import type { Setting } from './settings-table.js'
import { fleetSettings, holdsVariables, usualSettings, variablePrefix } from './usual-settings.js'

/** What was given beside the flags file. */
export interface Given {
  /** Option, without its dashes -> what it was given, as often as it was given. */
  readonly options: ReadonlyMap<string, readonly string[]>
  readonly env: Readonly<Record<string, string | undefined>>
  /** What relative paths of this computer are relative to. */
  readonly cwd: string
}

/** Variables of our own that are no settings. */
const otherVariables = /^DEPLOY_FLASK_(MODEL|TEST|BENCH)_/

/** Text that somebody gave for a setting, as often as it was given. */
export interface Written {
  readonly setting: Setting
  readonly origin: string
  readonly texts: readonly string[]
}

/** What relative paths in it are relative to. */
export type Whereabouts = Pick<Given, 'cwd' | 'env'>

export type Read = { readonly overrides: readonly Override[] } | { readonly mistake: string }

/** The settings that what was given may be about. The table of all of them is loaded where the usual ones do not do. */
export const settingsFor = async ({ options, env }: Given): Promise<readonly Setting[]> => {
  const usual = [...usualSettings, ...fleetSettings]
  const isUsual = (option: string): boolean => usual.some((one) => one.option === option)
  if ([...options.keys()].every(isUsual) && !holdsVariables(env)) return usual
  return (await import('./settings-table.js')).settingsTable()
}

/** Everything that was given, the strongest last: options are stronger than variables. */
export const overridesFrom = (given: Given, settings: readonly Setting[]): readonly Override[] => {
  const read = written(given, settings).map((one) => readWritten(one, given))
  const mistakes = read.flatMap((one) => ('mistake' in one ? [one.mistake] : []))
  if (mistakes.length === 0) return read.flatMap((one) => ('mistake' in one ? [] : one.overrides))
  throw new DeployError('USAGE', {
    what: `${counted(mistakes.length, 'setting')} cannot be read`,
    where: 'options and environment variables',
    evidence: mistakes.join('\n'),
    remedy: 'correct what is named above; the documentation of the settings tells how lists and mappings are written',
  })
}

const written = ({ options, env }: Given, settings: readonly Setting[]): readonly Written[] => [
  ...settings.flatMap((setting): readonly Written[] => {
    const text = env[setting.variable]
    // an empty one is how many a CI system says that it has none
    return text === undefined || text === '' ? [] : [{ setting, origin: setting.variable, texts: [text] }]
  }),
  ...settings.flatMap((setting): readonly Written[] => {
    const texts = options.get(setting.option)
    return texts === undefined ? [] : [{ setting, origin: `--${setting.option}`, texts }]
  }),
]

export const readWritten = ({ setting, origin, texts }: Written, given: Whereabouts): Read => {
  const { kind, path } = setting
  const [text = '', ...more] = texts
  if (kind !== 'list' && kind !== 'mapping') {
    if (more.length > 0) return { mistake: `${origin}: is given ${texts.length} times, and can have one value` }
    const value = kind === 'any' ? valueOf(text) : scalarOf(setting, text)
    return 'mistake' in value ? { mistake: `${origin}: ${value.mistake}` } : one(path, value.value, origin, given)
  }
  const values = texts.map((each) => (kind === 'list' ? itemsOf(each) : pairsOf(each)))
  const mistake = values.flatMap((value) => ('mistake' in value ? [value.mistake] : []))[0]
  if (mistake !== undefined) return { mistake: `${origin}: ${mistake}` }
  const all = values.flatMap((value) => ('mistake' in value ? [] : value.value))
  if (kind === 'list') return one(path, all, origin, given)
  const pairs = all.flatMap((pair) => (isPair(pair) ? [pair] : []))
  const twice = pairs.find(([name], index) => pairs.findIndex(([other]) => other === name) < index)
  if (twice !== undefined) return { mistake: `${origin}: ${printable(twice[0])} is given twice` }
  return {
    overrides: pairs.map(([name, value]) => ({ path: [...path, name], value: atHome(path, value, given), origin })),
  }
}

const isPair = (value: unknown): value is readonly [string, unknown] => Array.isArray(value) && value.length === 2

const one = (path: readonly string[], value: unknown, origin: string, given: Whereabouts): Read => ({
  overrides: [{ path, value: atHome(path, value, given), origin }],
})

type Value = { readonly value: unknown } | { readonly mistake: string }
type Values = { readonly value: readonly unknown[] } | { readonly mistake: string }

/** What does not fit stays text, so that the schema says what is wanted. */
const scalarOf = ({ kind }: Setting, text: string): Value => {
  if (kind === 'number' && /^-?(0|[1-9][0-9]{0,15})$/.test(text)) return { value: Number(text) }
  if (kind === 'boolean' && /^(true|false)$/.test(text)) return { value: text === 'true' }
  return { value: text }
}

/** Text, unless it is what nobody means as text: YAML in brackets, a number, true or false. */
const valueOf = (text: string): Value => {
  if (/^[[{]/.test(text)) return yamlOf(text)
  if (/^(true|false)$/.test(text)) return { value: text === 'true' }
  return { value: /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : text }
}

const yamlOf = (text: string): Value => {
  if (text.includes('__proto__')) return { mistake: '__proto__ must not be a key' }
  try {
    return { value: readYaml(text) }
  } catch {
    return { mistake: 'is not YAML: are all brackets and quotes closed?' }
  }
}

const itemsOf = (text: string): Values => {
  const value = valueOf(text)
  if ('mistake' in value) return value
  return { value: Array.isArray(value.value) ? value.value : [value.value] }
}

const pairsOf = (text: string): Values => {
  if (text.startsWith('{')) {
    const value = yamlOf(text)
    if ('mistake' in value) return value
    return { value: Object.entries(typeof value.value === 'object' && value.value !== null ? value.value : {}) }
  }
  const border = text.indexOf('=')
  if (border < 1 || text.startsWith('__proto__=')) return { mistake: 'must be NAME=VALUE, or {NAME: VALUE}' }
  const value = valueOf(text.slice(border + 1))
  return 'mistake' in value ? value : { value: [[text.slice(0, border), value.value]] }
}

const homePaths = ['ssh.identity-file', 'ssh.config-file', 'code.folder', 'code.package']
const holdsReferences = (path: readonly string[]): boolean =>
  ['settings', 'authentication', 'tls'].includes(path[0] ?? '') || path.join('.') === 'ssh.sudo-password'

/** Paths of this computer, which in the flags file are relative to that file, are relative to where one is. */
export const atHome = (path: readonly string[], value: unknown, { cwd, env }: Whereabouts): unknown => {
  const absolute = (text: string): string => localPath(text, { directory: cwd, env })
  if (typeof value === 'string') return homePaths.includes(path.join('.')) && value !== '' ? absolute(value) : value
  if (!holdsReferences(path) || typeof value !== 'object' || value === null || !('file' in value)) return value
  return typeof value.file === 'string' && value.file !== '' ? { ...value, file: absolute(value.file) } : value
}

/** Variables that look like settings and are none: somebody waits in vain for what they say. */
export const strayVariables = (env: Given['env'], settings: readonly Setting[]): readonly string[] => {
  const options = settings.map(({ option }) => option)
  return Object.keys(env)
    .filter((name) => name.startsWith(variablePrefix) && !otherVariables.test(name))
    .filter((name) => !settings.some(({ variable }) => variable === name))
    .map((name) => {
      const near = nearest(name.slice(variablePrefix.length), options)
      const meant = settings.find(({ option }) => option === near)
      const hint = meant === undefined ? '' : `; did you mean ${meant.variable}?`
      return `the environment variable ${printable(name)} is no setting${hint}`
    })
}
