import { access } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { readText, type FileKind } from '../config/flags-text.js'
import type { Whereabouts } from '../config/given.js'
import { mistakesText, type Mistake } from '../config/mistake.js'
import { noTag, parseYaml, type Parsed } from '../config/yaml.js'
import { DeployError } from '../errors.js'
import { readAnsibleIni } from './ansible-ini.js'
import { isAnsibleList, readAnsibleList } from './ansible-list.js'
import { isOursInAnsible, readAnsibleYaml } from './ansible-yaml.js'
import { seenFormat, type Format } from './format.js'
import { Gathering } from './gathering.js'
import { parsedLazily, quickJson } from './quick-json.js'
import { readInventoryFile } from './inventory-file.js'
import { isMapping } from './said.js'
import { readSshConfig } from './ssh-config.js'

const kind: FileKind = {
  code: 'INVENTORY_UNREADABLE',
  name: 'the inventory',
  megabytes: 10,
  missing: 'check the path, which is relative to the flags file there, and to where you are after --inventory',
  other:
    'give the path of a file; of a folder, let Ansible make one: ansible-inventory -i FOLDER --list > inventory.json',
}

/** All mistakes of an inventory at once. */
export const inventoryInvalid = (file: string, mistakes: readonly Mistake[]): DeployError => {
  const { count, lines } = mistakesText(file, mistakes)
  return new DeployError('INVENTORY_INVALID', {
    what: `the inventory has ${count}`,
    where: file,
    evidence: lines,
    remedy: 'correct the inventory at the places named above; nothing was done on any host',
  })
}

export interface WantedInventory {
  /** Absolute, or as ssh_config is written. */
  readonly path: string
  /** As it is shown. */
  readonly file: string
  readonly format: Format | undefined
  readonly env: Whereabouts['env']
}

/** Takes an inventory apart, of whichever form. Nothing of it is executed. */
export const readInventory = async ({ path, file, format, env }: WantedInventory): Promise<Gathering> => {
  const { text, warnings } = await readText(path, kind)
  refuseOthers(text, path, file)
  const home = { cwd: dirname(path), env }
  const form = format ?? seenFormat(path, text)
  const isTyped = form !== 'ssh_config' && form !== 'ansible-ini'
  const parsed = isTyped ? parse(text, file) : undefined
  const into = new Gathering(file, parsed?.isQuick === true)
  into.notes.push(...warnings)
  if (form === 'ssh_config') await readSshConfig(path, into)
  else if (parsed === undefined) readAnsibleIni(text, home, into)
  else readTyped(parsed, format, home, into)
  if (form !== 'ssh_config' && !isOurs(parsed?.value, format)) await noteFolders(path, into)
  return into
}

interface Typed extends Pick<Parsed, 'value' | 'place' | 'mistakes'> {
  /** Read without lines and columns, which are found where something is wrong. */
  readonly isQuick: boolean
}

const parse = (text: string, file: string): Typed => {
  const quick = quickJson(text)
  if (quick !== undefined && isAnsibleList(quick)) {
    return { value: quick, place: parsedLazily(text).place, mistakes: [], isQuick: true }
  }
  const looksOurs = /^(\{?\s*)["']?version["']?\s*:/m.test(text)
  const parsed = parseYaml(text, looksOurs ? () => true : isOursInAnsible)
  const mistakes = parsed.mistakes.map((one) =>
    one.message === noTag && isVaultAt(text, one) ? { ...one, message: aboutVault } : one,
  )
  if (!parsed.whole) throw inventoryInvalid(file, mistakes)
  return { value: parsed.value, place: parsed.place, mistakes, isQuick: false }
}

const isVaultAt = (text: string, { line, column }: Mistake): boolean =>
  (text.split('\n')[line - 1] ?? '').slice(column - 1).startsWith('!vault')

const aboutVault =
  'is vault text, which is not read: write {env: NAME} or {file: PATH} where it is a setting of deploy-flask; ' +
  'otherwise ansible-inventory --list writes an inventory that can be read'

/** Ours says its version; a group of Ansible's could be called anything else. */
const isOurs = (value: unknown, format: Format | undefined): boolean =>
  format === 'deploy-flask' || (format === undefined && isMapping(value) && 'version' in value)

const readTyped = (
  { value, place, mistakes }: Typed,
  format: Format | undefined,
  home: Whereabouts,
  into: Gathering,
): void => {
  into.mistakes.push(...mistakes)
  if (isOurs(value, format)) readInventoryFile(value, { place, home }, into)
  else if (format === 'ansible-list' || (format === undefined && isAnsibleList(value))) {
    readAnsibleList(value, place, home, into)
  } else if (isMapping(value) && 'plugin' in value && typeof value['plugin'] === 'string') {
    throw onlyAnsible(into.file, 'this configures a plugin of Ansible, which would have to be executed')
  } else readAnsibleYaml(value, place, home, into)
}

const onlyAnsible = (file: string, what: string): DeployError =>
  new DeployError('INVENTORY_UNREADABLE', {
    what,
    where: file,
    remedy: 'let Ansible write it out, and name that file: ansible-inventory -i INVENTORY --list > inventory.json',
  })

/** What only Ansible can read, because it would have to be executed or decrypted, or is written as nothing else is. */
const refuseOthers = (text: string, path: string, file: string): void => {
  if (text.startsWith('#!')) throw onlyAnsible(file, 'this inventory is a program, and nothing is executed')
  if (text.startsWith('$ANSIBLE_VAULT')) throw onlyAnsible(file, 'this inventory is encrypted by ansible-vault')
  if (text.includes('\0')) throw onlyAnsible(file, 'this inventory is not text: it holds NUL characters')
  if (extname(path).toLowerCase() === '.toml') throw onlyAnsible(file, 'inventories of TOML are not read')
}

/** Ansible looks for variables beside an inventory, too. */
const noteFolders = async (path: string, into: Gathering): Promise<void> => {
  for (const folder of ['group_vars', 'host_vars']) {
    const isThere = await access(join(dirname(path), folder)).then(
      () => true,
      () => false,
    )
    if (isThere) {
      into.notes.push(`${into.file}: ${folder} beside it is not read; ansible-inventory --list puts it into one file`)
    }
  }
}
