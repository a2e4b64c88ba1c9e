import { DeployError } from '../errors.js'
import type { ApplyOptions } from './options.js'
import type { Session } from './session.js'

/** Asked before connecting: without a person to ask, and without `--yes`, the run would end at the question. */
export const mustBeApprovable = (session: Session, options: ApplyOptions, approved: boolean): void => {
  if (approved || options.yes === true || options.dryRun === true || session.io.interactive) return
  throw new DeployError('NO_TERMINAL', {
    what: 'there is no terminal to ask on whether to apply the plan',
    remedy: 'add --yes, or save a plan with `plan --out PLANFILE`, look at it, and run `apply PLANFILE`',
  })
}
