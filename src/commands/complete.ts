import type { Command, Option } from 'commander'
import { once } from './options.js'

interface Candidate {
  readonly value: string
  readonly description: string
}

/** What may stand where the cursor is; `files` leaves it to the shell, which knows how to quote them. */
export type Completion = 'files' | readonly Candidate[]

/** What is known outside of the command line itself. */
export interface Known {
  readonly codes: readonly string[]
  /** Names of ssh_config. */
  hosts(configFile: string | undefined): Promise<readonly string[]>
  /** Of the flags files here. */
  sites(): Promise<readonly string[]>
  /** What a flags file and an inventory name; nothing where they cannot be read. */
  fleet(source: FleetFiles): Promise<FleetNames>
}

export interface FleetFiles {
  readonly file: string | undefined
  readonly inventory: string | undefined
}

export interface FleetNames {
  readonly hosts: readonly string[]
  readonly groups: readonly string[]
}

/** A command line as far as it is typed. */
interface Read {
  readonly command: Command
  /** Positional words of the command. */
  readonly words: readonly string[]
  readonly given: ReadonlyMap<string, string | undefined>
  /** Option in front of the cursor that takes a value. */
  readonly open: Option | undefined
  readonly onlyWords: boolean
}

const optionOf = (command: Command, word: string): Option | undefined =>
  command.options.find(({ short, long }) => [short, long].includes(word.replace(/=.*$/s, '')))

/** With `help`, which commander adds by itself. */
const subcommands = (root: Command): readonly Command[] => root.createHelp().visibleCommands(root)

const read = (root: Command, before: readonly string[]): Read => {
  let command = root
  let open: Option | undefined
  let onlyWords = false
  const words: string[] = []
  const given = new Map<string, string | undefined>()
  for (const word of before) {
    if (open !== undefined && (open.required || !word.startsWith('-'))) {
      given.set(open.name(), word)
      open = undefined
    } else if (!onlyWords && word === '--') onlyWords = true
    else if (!onlyWords && word.startsWith('-')) {
      const option = optionOf(command, word)
      if (option !== undefined) given.set(option.name(), /=(.*)$/s.exec(word)?.[1])
      open = option !== undefined && (option.required || option.optional) && !word.includes('=') ? option : undefined
    } else {
      const below = words.length === 0 ? subcommands(command).find((one) => one.name() === word) : undefined
      if (below === undefined) words.push(word)
      else command = below
    }
  }
  return { command, words, given, open, onlyWords }
}

const firstSentence = (text: string): string => text.replace(/[;.](\s.*)?$/s, '').replace(/\s+/g, ' ')

const plain = (values: readonly string[]): readonly Candidate[] => values.map((value) => ({ value, description: '' }))

const fileSettings: readonly string[] = ['ssh-config', 'ssh-identity-file', 'code-folder', 'code-package']

const fleetOf = async ({ given }: Read, known: Known): Promise<FleetNames> => {
  const source = { file: given.get('file'), inventory: given.get('inventory') }
  const isNamed = source.file !== undefined || source.inventory !== undefined
  return isNamed ? known.fleet(source) : { hosts: [], groups: [] }
}

/** One of the fleet, or where there is none, of ssh_config. `me@` in front of a host stays as it is. */
const hostValues = async (typed: string, found: Read, known: Known): Promise<Completion> => {
  const user = /^.*@/.exec(typed)?.[0] ?? ''
  const { hosts } = await fleetOf(found, known)
  const names = hosts.length > 0 ? hosts : await known.hosts(found.given.get('ssh-config'))
  return plain(names.map((host) => `${user}${host}`))
}

/** The last name of a pattern; what stands in front of it stays as it is. */
const patternValues = async (typed: string, found: Read, known: Known): Promise<Completion> => {
  const before = /^.*[:,&!]/s.exec(typed)?.[0] ?? ''
  const { hosts, groups } = await fleetOf(found, known)
  return [...groups, ...hosts].map((name) => ({
    value: `${before}${name}`,
    description: groups.includes(name) ? 'group' : '',
  }))
}

const patternOptions: readonly string[] = ['limit', 'canary']

const valuesOf = async (option: Option, typed: string, found: Read, known: Known): Promise<Completion> => {
  const name = option.name()
  if (name === 'host') return hostValues(typed, found, known)
  if (patternOptions.includes(name)) return patternValues(typed, found, known)
  if (name === 'site') return plain(await known.sites())
  if (fileSettings.includes(name) || /<(\w*file|folder)>$/.test(option.flags)) return 'files'
  return plain(option.argChoices ?? /[[<]([\w-]+(?:\|[\w-]+)+)[\]>]$/.exec(option.flags)?.[1]?.split('|') ?? [])
}

/** All settings are options, too many to look through: they come when their name has begun. */
const optionsOf = ({ command, given }: Read, typed: string): readonly Candidate[] => {
  const help = command.createHelp()
  const isBegun = typed.length > 2
  return [...help.visibleOptions(command), ...(isBegun ? command.options.filter(({ hidden }) => hidden) : [])].flatMap(
    (option) => {
      const isTold = given.has(option.name()) && (option.parseArg === undefined || option.parseArg === once)
      const value = option.short === typed ? typed : option.long
      return isTold || value == null ? [] : [{ value, description: firstSentence(option.description) }]
    },
  )
}

const commandsOf = (root: Command): readonly Candidate[] =>
  subcommands(root).map((command) => ({ value: command.name(), description: firstSentence(command.description()) }))

const wordsOf = (root: Command, { command, words }: Read, { codes }: Known): Completion => {
  if (command === root) return words.length === 0 ? commandsOf(root) : []
  if (command.name() === 'help') return words.length === 0 ? commandsOf(root) : []
  if (command.commands.length > 0) return words.length === 0 ? commandsOf(command) : []
  const argument = command.registeredArguments[words.length]
  if (argument === undefined) return []
  if (argument.name() === 'code') return plain(codes)
  return argument.name().endsWith('file') ? 'files' : plain(argument.argChoices ?? [])
}

const beginning = (completion: Completion, typed: string): Completion =>
  completion === 'files'
    ? completion
    : completion.filter(({ value }) => value.toLowerCase().startsWith(typed.toLowerCase()))

/** What may stand in the place of the last word, which is empty where a new one begins. */
export const complete = async (root: Command, line: readonly string[], known: Known): Promise<Completion> => {
  const typed = line.at(-1) ?? ''
  const found = read(root, line.slice(0, -1))
  const { command, open, onlyWords } = found
  if (open?.required === true) return beginning(await valuesOf(open, typed, found, known), typed)
  const [, head = '', value = ''] = /^(--?[^=]+=)(.*)$/s.exec(typed) ?? []
  if (head !== '' && !onlyWords) {
    const option = optionOf(command, head)
    const values = option === undefined ? [] : await valuesOf(option, value, found, known)
    if (values === 'files') return 'files'
    return beginning(
      values.map((one) => ({ ...one, value: `${head}${one.value}` })),
      typed,
    )
  }
  if (typed.startsWith('-') && !onlyWords) return beginning(optionsOf(found, typed), typed)
  const words = beginning(wordsOf(root, found, known), typed)
  const values = open === undefined ? [] : beginning(await valuesOf(open, typed, found, known), typed)
  if (words === 'files' || values === 'files') return 'files'
  const all = [...values, ...words]
  return all.length === 0 && typed === '' && command !== root ? optionsOf(found, typed) : all
}
