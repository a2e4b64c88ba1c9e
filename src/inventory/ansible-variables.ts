import { readWritten, type Whereabouts } from '../config/given.js'
import { printable, type Position } from '../config/mistake.js'
import { settingsTable, type Setting } from '../config/settings-table.js'
import type { Gathering, Owner, Said } from './gathering.js'
import { isMapping, saidIn } from './said.js'

/** A variable of an Ansible inventory, with the place of its name. */
export interface Variable {
  readonly name: string
  /** Text where the inventory is INI, anything elsewhere. */
  readonly value: unknown
  readonly at: Position
}

/** Names that Ansible has given up are read, too: many inventories have them. */
const connectionVariables: Readonly<Record<string, string>> = {
  ansible_host: 'host',
  ansible_ssh_host: 'host',
  ansible_port: 'ssh.port',
  ansible_ssh_port: 'ssh.port',
  ansible_user: 'ssh.user',
  ansible_ssh_user: 'ssh.user',
  ansible_ssh_private_key_file: 'ssh.identity-file',
  ansible_private_key_file: 'ssh.identity-file',
}

const passwords = /^ansible_.*(pass|password|passwd|passphrase)$/
const sshConnections = ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh']
const prefix = 'deploy_flask_'
const priority = 'ansible_group_priority'

let known: ReadonlyMap<string, Setting> | undefined

/** `deploy_flask_daemon_threads`, as the environment variable in small letters; and what Ansible has names for. */
const settingsByVariable = (): ReadonlyMap<string, Setting> => {
  if (known !== undefined) return known
  const table = settingsTable()
  const byKey = new Map(table.map((setting) => [setting.key, setting] as const))
  return (known = new Map([
    ...table.map((setting) => [setting.variable.toLowerCase(), setting] as const),
    ...Object.entries(connectionVariables).flatMap(([name, key]) => {
      const setting = byKey.get(key)
      return setting === undefined ? [] : [[name, setting] as const]
    }),
  ]))
}

/** Whether it is read here at all. */
export const isRead = (name: string): boolean =>
  Object.hasOwn(connectionVariables, name) ||
  name.startsWith(prefix) ||
  passwords.test(name) ||
  name === 'ansible_connection' ||
  name === priority

/** What variables say of hosts and groups, in our settings. The names of those that say nothing are kept. */
export class AnsibleVariables {
  private readonly unused = new Set<string>()

  constructor(
    private readonly into: Gathering,
    private readonly home: Whereabouts,
    /** Whether values have no type but what they look like, as in INI. */
    private readonly isText: boolean,
  ) {}

  read(variables: readonly Variable[], owner: Owner): void {
    for (const variable of variables) {
      if (variable.name === priority && owner.priority !== undefined) this.readPriority(variable, owner)
      else if (isRead(variable.name)) this.readOne(variable, owner)
      else this.unused.add(variable.name)
    }
  }

  /** One note for all, however many hosts have them. */
  tellUnused(): void {
    if (this.unused.size === 0) return
    const names = [...this.unused].map((name) => printable(name))
    const shown = names.slice(0, 10).join(', ')
    const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
    this.into.notes.push(`${this.into.file}: variables that deploy-flask does not use: ${shown}${more}`)
    if (names.some((name) => /^ansible_ssh_(common|extra)_args$/.test(name))) {
      this.into.notes.push(
        `${this.into.file}: arguments for ssh are not used: what ssh needs to reach a host belongs into ssh_config`,
      )
    }
  }

  private readPriority({ value, at }: Variable, group: Owner): void {
    const number = Number(value)
    if (Number.isInteger(number) && Math.abs(number) < 1e9) group.priority = number
    else this.into.mistake(at, [group.name, priority], 'must be a whole number')
  }

  private readOne({ name, value, at }: Variable, owner: Owner): void {
    const mistake = (message: string): void => this.into.mistake(at, [owner.name, name], message)
    if (passwords.test(name)) return mistake(aboutPassword)
    if (name === 'ansible_connection') {
      return sshConnections.includes(String(value))
        ? undefined
        : mistake('must be ssh: hosts are reached in no other way')
    }
    if (isVault(value)) return mistake('is vault text, which is not read: write {env: NAME} or {file: PATH}')
    if (typeof value === 'string' && /\{[{%]/.test(value)) return mistake('holds a template: write the value itself')
    const said = this.saidBy(name, value, at, owner)
    if (typeof said === 'string') return mistake(said)
    if (said.some(({ path }) => path[0] === 'host') && owner.priority !== undefined) {
      return mistake('belongs to one host, and not to a group')
    }
    owner.said.push(...said)
  }

  /** In our settings, or what is wrong with it. */
  private saidBy(name: string, value: unknown, at: Position, owner: Owner): readonly Said[] | string {
    const found = settingOf(name)
    if (found === undefined) return 'is no setting: deploy-flask apply --help, and docs/settings.md, have them all'
    const { setting, entry } = found
    const origin = this.into.origin(at, owner.name)
    const place = (): Position => at
    if (typeof value === 'string' && (entry === undefined || this.isText)) {
      const text = setting.kind === 'boolean' ? value.toLowerCase() : value
      const read = readWritten({ setting, origin, texts: [entry === undefined ? text : `${entry}=${text}`] }, this.home)
      return 'mistake' in read
        ? read.mistake.replace(`${origin}: `, '')
        : read.overrides.map((one) => ({ ...one, place }))
    }
    const path = entry === undefined ? setting.path : [...setting.path, entry]
    const whole = path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value)
    return isMapping(whole) ? saidIn(whole, { origin: () => origin, place, home: this.home }) : []
  }
}

const aboutPassword =
  'must not be here: for sudo write deploy_flask_ssh_sudo_password={env: NAME} or {file: PATH}; ' +
  'for ssh use a key and an agent'

const isVault = (value: unknown): boolean =>
  (typeof value === 'string' && value.includes('$ANSIBLE_VAULT')) ||
  (typeof value === 'object' && value !== null && '__ansible_vault' in value)

interface Found {
  readonly setting: Setting
  /** Of a mapping, the key of the entry that is said. */
  readonly entry: string | undefined
}

/** `deploy_flask_settings_REGION` is the entry REGION of `settings`. */
const settingOf = (name: string): Found | undefined => {
  const all = settingsByVariable()
  const exact = all.get(name)
  if (exact !== undefined) return { setting: exact, entry: undefined }
  for (let end = name.lastIndexOf('_'); end > prefix.length; end = name.lastIndexOf('_', end - 1)) {
    const above = all.get(name.slice(0, end))
    if (above?.kind === 'mapping') return { setting: above, entry: name.slice(end + 1) }
  }
  return undefined
}
