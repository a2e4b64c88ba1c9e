import { DeployError } from '../errors.js'

/** Exits with another code than 0, but softly: `deploy-flask apply && promote` has to stop. */
export const declined = (cause?: unknown): DeployError =>
  new DeployError(
    'DECLINED',
    { what: 'declined; nothing was changed', remedy: 'run the command again when you are ready' },
    { cause },
  )
