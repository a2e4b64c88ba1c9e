import { DeployError } from '../errors.js'

export const usage = (what: string, remedy: string, where?: string): DeployError =>
  new DeployError('USAGE', { what, remedy, ...(where === undefined ? {} : { where }) })
