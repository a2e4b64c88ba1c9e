import { DeployError } from '../errors.js'
import { judge } from './judged.js'
import { counted } from './mistake.js'
import { told, type Names, type Where } from './rule.js'
import { accessRules } from './rules-access.js'
import { adoptedRules } from './rules-adopted.js'
import { applicationRules } from './rules-applications.js'
import { daemonRules } from './rules-daemons.js'
import { directoryRules } from './rules-directories.js'
import { environRules } from './rules-environ.js'
import { existingSiteRules } from './rules-existing-site.js'
import { groupRules } from './rules-groups.js'
import { hostRules } from './rules-hosts.js'
import { mountRules } from './rules-mounts.js'
import { pathRules } from './rules-paths.js'
import { releaseCommandRules } from './rules-release-commands.js'
import { scriptRules } from './rules-scripts.js'
import { seedRules } from './rules-seed.js'
import { servedRules } from './rules-served.js'
import { staticRules } from './rules-static.js'
import { tlsRules } from './rules-tls.js'
import type { FlagsFile } from './schema.js'

export type { Names, Where } from './rule.js'

/** What no single field can know: refused before there is a connection, all at once. */
export const checkRules = (flags: FlagsFile, names: Names, where: Where): void => {
  const judged = judge(flags, names)
  const broken = [
    ...hostRules(flags, names),
    ...seedRules(flags),
    ...adoptedRules(flags),
    ...releaseCommandRules(flags),
    ...applicationRules(flags),
    ...mountRules(judged),
    ...scriptRules(judged),
    ...directoryRules(judged),
    ...groupRules(judged),
    ...daemonRules(judged),
    ...staticRules(flags),
    ...environRules(flags),
    ...accessRules(flags),
    ...tlsRules(flags),
    ...existingSiteRules(judged),
  ]
  const dangerous = [...pathRules(judged), ...servedRules(judged)]
  if (broken.length > 0) {
    const lines = told(where, [...broken, ...dangerous])
    throw new DeployError('CONFIG_INVALID', {
      what: `the flags file has ${counted(lines.length, 'contradiction')}`,
      evidence: lines.join('\n'),
      remedy: 'correct the flags file at the places named above; nothing was done on the host',
    })
  }
  if (dangerous.length > 0) {
    const lines = told(where, dangerous)
    throw new DeployError('PATH_DANGEROUS', {
      what: `${counted(lines.length, 'path')} in the flags file would endanger the host or the site`,
      evidence: lines.join('\n'),
      remedy:
        'choose other paths: the site in a folder of its own such as /srv/NAME, ' +
        'SQLite files in one of theirs such as /srv/NAME/data',
    })
  }
}
