import { alias } from './alias.js'
import { authentication } from './authentication.js'
import { configuration } from './configuration.js'
import type { Example } from './example.js'
import { files, limits } from './files.js'
import { applicationGroups, processGroups } from './groups.js'
import { hosts } from './hosts.js'
import { mounting } from './mounting.js'
import { php } from './php.js'

/**
 * Every statement of mod_wsgi's Configuration Guidelines. What is in one list shares a guest: each reload starts the
 * processes of all sites on it anew, so that one guest for everything would take minutes more.
 */
export const lists: Readonly<Record<'mounting' | 'requests' | 'groups' | 'php', readonly Example[]>> = {
  mounting: [...mounting, ...alias],
  requests: [...configuration, ...authentication, ...files, ...limits],
  groups: [...applicationGroups, ...processGroups, ...hosts],
  php,
}
