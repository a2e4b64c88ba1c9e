import { isBelow } from './dangerous-paths.js'
import type { Broken, Names } from './rule.js'
import type { FlagsFile } from './schema.js'

const namesTwice = (flags: FlagsFile): readonly Broken[] => {
  const taken = new Set([flags['server-name']])
  return flags['server-aliases'].flatMap((alias, index) => {
    const isTwice = taken.has(alias)
    taken.add(alias)
    return isTwice ? [{ path: ['server-aliases', index], message: `${alias} is a name of the site already` }] : []
  })
}

const addresses = (flags: FlagsFile): readonly Broken[] =>
  flags.addresses.flatMap((address, index) => {
    const path = ['addresses', index]
    if (flags.addresses.indexOf(address) !== index) return [{ path, message: `${address} stands in the list already` }]
    return address === '*' && flags.addresses.length > 1
      ? [{ path, message: '* is every address of the host: leave out the others, or it' }]
      : []
  })

const loginTwice = (flags: FlagsFile): readonly Broken[] => {
  const [user, host] = flags.host.includes('@') ? flags.host.split('@') : []
  if (host === undefined || flags.ssh.user === undefined || user === flags.ssh.user) return []
  return [{ path: ['ssh', 'user'], message: `is ${flags.ssh.user}, but host says ${user ?? ''}: write it once` }]
}

const sqliteTwice = ({ sqlite }: Names): readonly Broken[] =>
  sqlite.flatMap((file, index) => {
    const path = ['sqlite', index]
    if (sqlite.indexOf(file) !== index) return [{ path, message: `${file} stands in the list already` }]
    const folder = sqlite.find((other) => isBelow(file, other))
    return folder === undefined ? [] : [{ path, message: `${folder} cannot be a file and a folder` }]
  })

export const hostRules = (flags: FlagsFile, names: Names): readonly Broken[] => [
  ...namesTwice(flags),
  ...addresses(flags),
  ...loginTwice(flags),
  ...sqliteTwice(names),
]
