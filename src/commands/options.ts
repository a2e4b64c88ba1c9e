import { InvalidArgumentError, Option, type Command } from 'commander'
import type { Setting } from '../config/settings-table.js'
import { usualSettings } from '../config/usual-settings.js'

/** Settings that were given as options: name without dashes -> each of its values. */
type SettingOptions = ReadonlyMap<string, readonly string[]>

/** What commander reads of the options that several commands have; those of settings are beside it, under other names. */
export interface CommonFlags {
  readonly file?: string
  readonly acceptNewHostKey?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly log?: string
  /** `--no-color` makes it false. */
  readonly color?: boolean
}

export interface PlanFlags extends CommonFlags {
  readonly exitCode?: boolean
  readonly out?: string
  readonly playbook?: string
}

export interface ApplyFlags extends CommonFlags {
  readonly yes?: boolean
  readonly dryRun?: boolean
  /** Seconds. */
  readonly lockWait?: number
  readonly playbook?: string
}

export const lockActions = ['status', 'release'] as const

export type LockAction = (typeof lockActions)[number]

export interface RecoverFlags extends CommonFlags {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly discard?: boolean
  /** Seconds. */
  readonly lockWait?: number
}

export interface DoctorFlags extends CommonFlags {
  /** Seconds. */
  readonly since?: number
}

export type RollbackFlags = Omit<ApplyFlags, 'playbook'>

export interface AdoptFlags extends CommonFlags {
  readonly yes?: boolean
}

export interface RemoveFlags extends RollbackFlags {
  readonly data?: boolean
}

export type RestoreFlags = Omit<ApplyFlags, 'playbook'>

export const backupActions = ['create', 'list', 'fetch'] as const

export type BackupAction = (typeof backupActions)[number]

export interface BackupFlags extends CommonFlags {
  /** A folder of this computer. */
  readonly to?: string
  /** Seconds. */
  readonly lockWait?: number
}

export type DriftFlags = Pick<PlanFlags, keyof CommonFlags | 'exitCode'>

export interface LogsFlags extends CommonFlags {
  readonly follow?: boolean
  /** Seconds. */
  readonly since?: number
  readonly lines?: number
}

export interface AuditFlags extends CommonFlags {
  readonly all?: boolean
  readonly lines?: number
}

export interface RunFlags extends CommonFlags {
  readonly stdin?: boolean
}

/** Of all commands for fleets. */
export interface FleetFlags extends CommonFlags {
  readonly inventory?: string
  /** Patterns of hosts, all of which count. */
  readonly limit?: readonly string[]
}

export interface FleetPlanFlags extends FleetFlags {
  readonly exitCode?: boolean
  readonly playbook?: string
}

export interface FleetApplyFlags extends FleetFlags {
  readonly yes?: boolean
  readonly playbook?: string
  readonly retryFailed?: boolean
  /** Where workers are to do it. */
  readonly queue?: string
  /** Seconds. */
  readonly lockWait?: number
}

export interface FleetStatusFlags extends FleetFlags {
  readonly queue?: string
}

export interface ExplainFlags extends CommonFlags {
  readonly vhost?: boolean
  readonly origins?: boolean
}

export type WithSettings<T> = T & { readonly settings: SettingOptions }

export type CommonOptions = WithSettings<CommonFlags>
export type PlanOptions = WithSettings<PlanFlags>
export type ApplyOptions = WithSettings<ApplyFlags>
export type LockOptions = CommonOptions
export type RecoverOptions = WithSettings<RecoverFlags>
export type BackupOptions = WithSettings<BackupFlags>
export type RestoreOptions = WithSettings<RestoreFlags>
export type RollbackOptions = WithSettings<RollbackFlags>
export type AdoptOptions = WithSettings<AdoptFlags>
export type RemoveOptions = WithSettings<RemoveFlags>
export type StatusOptions = CommonOptions
export type DriftOptions = WithSettings<DriftFlags>
export type LogsOptions = WithSettings<LogsFlags>
export type AuditOptions = WithSettings<AuditFlags>
export type RunOptions = WithSettings<RunFlags>
export type DoctorOptions = WithSettings<DoctorFlags>
export type FleetOptions = WithSettings<FleetFlags>
export type FleetPlanOptions = WithSettings<FleetPlanFlags>
export type FleetApplyOptions = WithSettings<FleetApplyFlags>
export type FleetStatusOptions = WithSettings<FleetStatusFlags>
export type ExplainOptions = WithSettings<ExplainFlags>

export interface SchemaOptions {
  readonly events?: boolean
  readonly fleet?: boolean
  readonly inventory?: boolean
}

/** Of one that can have one value only: the last would win, and nobody would notice. */
export const once = (text: string, before: unknown): string => {
  if (before !== undefined) throw new InvalidArgumentError('It is given twice.')
  return text
}

/** At most a day: whoever waits longer has forgotten it. */
export const seconds = (text: string, before: unknown): number => {
  once(text, before)
  if (!/^\d{1,5}$/.test(text) || Number(text) > 86_400) throw new InvalidArgumentError('It is 0 to 86400 seconds.')
  return Number(text)
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** `90`, `30s`, `15m`, `2h`, `7d`: seconds. */
export const ago = (text: string, before: unknown): number => {
  once(text, before)
  const [, count, unit = 's'] = /^(\d{1,6})([smhd])?$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError('It is a time like 30s, 15m, 2h or 7d.')
  return Number(count) * (unitSeconds[unit] ?? 1)
}

export const lines = (text: string, before: unknown): number => {
  once(text, before)
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('It is a number of lines, up to 99999.')
  return Number(text)
}

export const patterns = (text: string, before: unknown): readonly string[] => [...textsOf(before), text]

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

/** Those that everybody needs are shown; the others, when they are asked for at all, are too many for a screen. */
export const withSettings = (
  command: Command,
  settings: readonly Setting[],
  shown: readonly Setting[] = usualSettings,
): Command => {
  for (const one of shown) command.addOption(settingOption(one))
  for (const one of settings) {
    if (!shown.some(({ option }) => option === one.option)) command.addOption(settingOption(one).hideHelp())
  }
  return command
}

/** What commander read, with the settings among it in a place of their own, too. */
export const readOptions = <T extends CommonFlags>(read: T, command: Command): WithSettings<T> => {
  const values = new Map(Object.entries(read))
  const settings = command.options
    .filter((option) => option.parseArg === collected && values.get(option.attributeName()) !== undefined)
    .map((option) => [option.name(), textsOf(values.get(option.attributeName()))] as const)
  return { ...read, settings: new Map(settings) }
}

export const withCommonOptions = (
  command: Command,
  settings: readonly Setting[],
  shown: readonly Setting[] = usualSettings,
): Command =>
  withSettings(command, settings, shown)
    .option('--accept-new-host-key', 'trust a host that known_hosts does not name yet, and add its key')
    .option('-q, --quiet', 'show only results and errors')
    .option('-v, --verbose', 'show commands and their output, one line an event')
    .option('--log <file>', 'write everything that happens to this file, as JSON lines', once)
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
