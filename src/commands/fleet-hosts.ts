import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FleetHost } from '../fleet/host.js'
import type { Matching } from '../fleet/waves.js'
import type { FleetOptions } from './options.js'
import type { Session } from './session.js'

/** Which hosts there are. */
export interface Fleet {
  readonly hosts: readonly FleetHost[]
  /** Which of all hosts a pattern means. */
  readonly matching: Matching
  /** Absolute path of the inventory, where there is one. */
  readonly inventory: string | undefined
}

export const fleetOf = async ({ io }: Session, { inventory, limit = [] }: FleetOptions): Promise<Fleet> => {
  const file = inventory === undefined ? undefined : resolve(io.cwd, inventory)
  const names = file === undefined ? [] : (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  const matching: Matching = (pattern) => new Set(names.filter((name) => pattern.split(',').includes(name)))
  const hosts = names
    .filter((name) => limit.every((pattern) => matching(pattern).has(name)))
    .map((name): FleetHost => {
      return { name, groups: [], overrides: [{ path: ['host'], value: name, origin: `${inventory}` }] }
    })
  return { hosts, matching, inventory: file }
}
