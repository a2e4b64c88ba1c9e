import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Setting } from '../config/settings-table.js'
import { usualSettings } from '../config/usual-settings.js'

/** Settings that were given as options: name without dashes -> each of its values. */
type SettingOptions = ReadonlyMap<string, readonly string[]>

export interface CommonOptions {
  readonly settings: SettingOptions
  readonly file?: string
  readonly acceptNewHostKey?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly log?: string
  /** `--no-color` makes it false. */
  readonly color?: boolean
}

export interface PlanOptions extends CommonOptions {
  readonly exitCode?: boolean
  readonly out?: string
  readonly playbook?: string
}

export interface ApplyOptions extends CommonOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly playbook?: string
}

export interface SchemaOptions {
  readonly events?: boolean
}

export interface ExplainOptions extends CommonOptions {
  readonly vhost?: boolean
  readonly origins?: boolean
}

/** Of one that can have one value only: the last would win, and nobody would notice. */
export const once = (text: string, before: unknown): string => {
  if (before !== undefined) throw new InvalidArgumentError('It is given twice.')
  return text
}

const collected = (text: string, before: unknown): readonly string[] => [...textsOf(before), text]

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []

const placeholder = ({ kind, choices }: Setting): string => {
  if (kind === 'boolean') return '[true|false]'
  if (choices !== undefined) return `<${choices.join('|')}>`
  return kind === 'number' ? '<number>' : '<value>'
}

const settingOption = (setting: Setting): Option => {
  const made = new Option(`--${setting.option} ${placeholder(setting)}`, setting.description).argParser(collected)
  return setting.kind === 'boolean' ? made.preset('true') : made
}

/** The two that everybody needs are shown; the others, when they are asked for at all, are too many for a screen. */
export const withSettings = (command: Command, settings: readonly Setting[]): Command => {
  for (const one of usualSettings) command.addOption(settingOption(one))
  for (const one of settings) {
    if (!usualSettings.some(({ option }) => option === one.option)) command.addOption(settingOption(one).hideHelp())
  }
  return command
}

/** What commander read, with the settings among it in a place of their own. */
export const withoutSettings = <T extends CommonOptions>(raw: object, command: Command): T => {
  const names = new Map(
    command.options.flatMap((option) =>
      option.parseArg !== collected ? [] : [[option.attributeName(), option.name()] as const],
    ),
  )
  const given = Object.entries(raw).filter(([, value]) => value !== undefined)
  const settings = new Map(
    given.flatMap(([key, value]) => {
      const name = names.get(key)
      return name === undefined ? [] : [[name, textsOf(value)] as const]
    }),
  )
  const others = Object.fromEntries(given.filter(([key]) => !names.has(key)))
  // as commander declares its options, with the forms that the interfaces here give them
  return { ...others, settings } as unknown as T
}

export const withCommonOptions = (command: Command, settings: readonly Setting[]): Command =>
  withSettings(command, settings)
    .option('--accept-new-host-key', 'trust a host that known_hosts does not name yet, and add its key')
    .option('-q, --quiet', 'show only results and errors')
    .option('-v, --verbose', 'show commands and their output, one line an event')
    .option('--log <file>', 'write everything that happens to this file, as JSON lines', once)
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
