import { DeployError } from '../errors.js'
import { counted } from './mistake.js'

/** The flags file and the code do not fit together. */
export const sourceInvalid = (mistakes: readonly string[], remedy: string): DeployError =>
  new DeployError('SOURCE_INVALID', {
    what: `the code has ${counted(mistakes.length, 'mistake')}`,
    evidence: mistakes.join('\n'),
    remedy,
  })
