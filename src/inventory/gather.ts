import { dirname, isAbsolute, join } from 'node:path'
import type { FlagsDocument } from '../config/flags-document.js'
import type { Override } from '../config/overrides.js'
import { localPath } from '../config/secrets.js'
import { variablePrefix } from '../config/usual-settings.js'
import { namedFormat } from './format.js'
import { Gathering } from './gathering.js'
import { readOurs } from './ours.js'
import { readInventory } from './read-inventory.js'

/** What says which hosts there are. */
export interface HostsSource {
  /** Undefined where options say everything. */
  readonly document: FlagsDocument | undefined
  /** `--inventory`: stronger than what the flags file says of hosts. */
  readonly inventory?: string | undefined
  /** Options and variables, which are stronger than what is said of any host. */
  readonly overrides: readonly Override[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Takes apart what says which hosts there are; undefined where one host is named in the way of a single host. */
export const gather = async ({ document, inventory, cwd, env }: HostsSource): Promise<Gathering | undefined> => {
  if (inventory !== undefined) {
    const { path, format } = namedFormat(inventory)
    return readInventory({ path: localPath(path, { directory: cwd, env }), file: asOrigin(path), format, env })
  }
  if (document?.fleet === undefined) return undefined
  const { fleet, file, directory, parsed } = document
  const into = new Gathering(asOrigin(file))
  for (const [key, message] of contradictions(document)) into.mistake(parsed.place([key]), [key], message)
  if ('hosts' in fleet) readOurs(fleet, { place: parsed.place, home: undefined }, into)
  const written = fleet['inventory']
  if (into.mistakes.length > 0 || typeof written !== 'string') return into
  const { path, format } = namedFormat(written)
  const shown = isAbsolute(path) || path.startsWith('~/') ? path : join(dirname(file), path)
  return readInventory({ path: localPath(path, { directory, env }), file: asOrigin(shown), format, env })
}

/** Keys of the flags file that cannot be as they are beside the others. */
const contradictions = ({ settings, fleet = {} }: FlagsDocument): readonly (readonly [string, string])[] => {
  const has = (key: string): boolean => key in fleet
  const namesHost = typeof settings === 'object' && settings !== null && 'host' in settings
  const written = fleet['inventory']
  const isPath = typeof written === 'string' && written !== ''
  return [
    ...(namesHost ? [['host', 'cannot be beside hosts or inventory'] as const] : []),
    ...(has('inventory') && !isPath ? [['inventory', 'must be the path of an inventory'] as const] : []),
    ...(isPath && has('hosts') ? [['inventory', 'cannot be beside hosts: write one of them'] as const] : []),
    ...(isPath && has('groups') && !has('hosts')
      ? [['groups', 'belongs into the inventory, where there is one'] as const]
      : []),
    ...(has('groups') && !has('hosts') && !has('inventory') ? [['groups', 'needs hosts beside it'] as const] : []),
  ]
}

/** The name of a file in front of line and column must not look like an option, nor like a variable. */
export const asOrigin = (file: string): string =>
  file.startsWith('-') || file.startsWith(variablePrefix) ? `./${file}` : file
