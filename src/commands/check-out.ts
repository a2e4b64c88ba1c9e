import { join } from 'node:path'
import type { CheckedOut, Origin, RepositoryCode } from '../core/repository.js'
import { userFolder } from '../config/user-folders.js'
import { checked } from '../engine/checked.js'
import type { Session } from './session.js'

/** Brings a repository to this computer, and says which commit it is. */
export const checkingOut =
  ({ services, io, emit }: Session, planned?: Origin) =>
  async (wanted: RepositoryCode): Promise<CheckedOut> => {
    const around = { env: io.env, now: io.now(), cache: join(userFolder(io.env, 'XDG_CACHE_HOME'), 'git'), planned }
    const found = await checked(emit, 'Fetch the code', () => services.checkOut(wanted, around))
    const { git, ref, commit } = found.origin
    emit({ type: 'notice', text: `the code is commit ${commit}${ref === commit ? '' : ` (${ref})`} of ${git}` })
    return found
  }
