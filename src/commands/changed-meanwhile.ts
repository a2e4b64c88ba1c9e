import { DeployError } from '../errors.js'

export const changedMeanwhile = (): DeployError =>
  new DeployError('APPLY_PLAN_STALE', {
    what: 'another run has been at work on this host since the plan was made; nothing was done by this one',
    remedy: 'run the same command again, and look at the new plan',
  })
