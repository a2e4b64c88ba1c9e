import { visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import type { Backup } from '../probes/backups.js'
import type { SiteManifest } from '../probes/manifest.js'

/** Throws DATABASE_MISSING for a site that has none. */
export const mustHaveDatabases = ({ site, sqlite }: SiteManifest): void => {
  if (sqlite.length > 0) return
  throw new DeployError('DATABASE_MISSING', {
    what: `the site ${visible(site)} has no SQLite files that could be backed up`,
    remedy: 'name them in "sqlite" and apply; nothing was changed',
  })
}

/**
 * The backup that is called so, or begins so.
 *
 * Throws BACKUP_UNKNOWN where there is none, or more than one.
 */
export const chooseBackup = (site: string, backups: readonly Backup[], wanted: string): Backup => {
  const exact = backups.find(({ name }) => name === wanted)
  if (exact !== undefined) return exact
  const [found, another] = backups.filter(({ name }) => name.startsWith(wanted))
  if (found !== undefined && another === undefined) return found
  throw new DeployError('BACKUP_UNKNOWN', {
    what: `${found === undefined ? 'no backup' : 'more than one backup'} of ${visible(site)} is called ${visible(wanted)}`,
    evidence: backups.length === 0 ? 'there is none' : backups.map(({ name }) => visible(name)).join('\n'),
    remedy: 'name one of these; nothing was changed',
  })
}
