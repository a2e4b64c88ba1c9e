import type { ErrorCode } from '../errors.js'
import { adopt } from './adopt.js'
import { application } from './application.js'
import { connection } from './connection.js'
import { deployed } from './deployed.js'
import type { Explanation } from './explanation.js'
import { git } from './git.js'
import { host } from './host.js'
import { inventory } from './inventory.js'
import { login } from './login.js'
import { packages } from './packages.js'
import { queue } from './queue.js'
import { run } from './run.js'
import { settings } from './settings.js'
import { tls } from './tls.js'
import { usage } from './usage.js'

/** One for every code: what `explain CODE` prints and docs/errors.md is made from. */
export const explanations: Readonly<Record<ErrorCode, Explanation>> = {
  ...usage,
  ...settings,
  ...inventory,
  ...git,
  ...host,
  ...tls,
  ...adopt,
  ...deployed,
  ...connection,
  ...login,
  ...packages,
  ...application,
  ...queue,
  ...run,
}
