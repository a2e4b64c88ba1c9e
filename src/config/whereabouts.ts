import type { Whereabouts } from '../core/site.js'
import type { FlagsDocument } from './flags-document.js'
import { overlaid, type Override } from './overrides.js'
import { localPath } from './secrets.js'

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Long before what is written is checked: whatever is not plainly what it has to be is left to that. */
const plainHost = /^[A-Za-z0-9_][A-Za-z0-9_.:@%-]{0,255}$/
const plainUser = /^[a-z_][a-z0-9_.-]{0,63}$/

/**
 * Where the host of a flags file is to be found, before its settings are checked; undefined where it takes more than a
 * look to say it.
 */
export const whereaboutsIn = (
  { settings, fleet, directory, parsed }: FlagsDocument,
  overrides: readonly Override[],
  env: Readonly<Record<string, string | undefined>>,
): Whereabouts | undefined => {
  if (fleet !== undefined || parsed.mistakes.length > 0) return undefined
  const value = overlaid(settings, overrides)
  if (!isMapping(value) || typeof value['host'] !== 'string' || !plainHost.test(value['host'])) return undefined
  const ssh = value['ssh'] ?? {}
  if (!isMapping(ssh) || (ssh['transport'] ?? 'built-in') !== 'built-in') return undefined
  const [host = '', login] = value['host'].split('@').reverse()
  const user = login ?? ssh['user']
  const port = ssh['port']
  const file = ssh['config-file']
  if (user !== undefined && (typeof user !== 'string' || !plainUser.test(user))) return undefined
  if (port !== undefined && (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)) {
    return undefined
  }
  if (file !== undefined && (typeof file !== 'string' || file === '')) return undefined
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(file === undefined ? {} : { sshConfigFile: localPath(file, { directory, env }) }),
  }
}
