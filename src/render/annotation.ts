import { sanitise } from '../core/sanitise.js'
import type { DeployError } from '../errors.js'
import type { Io } from './out.js'

const data = (text: string): string =>
  sanitise(text).trim().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** CI systems set it, and most of them understand GitHub's workflow commands. */
export const isContinuousIntegration = ({ CI }: Io['env']): boolean =>
  CI !== undefined && !['', '0', 'false'].includes(CI)

/** The error as GitHub shows it above the log and beside a change: in one line, whatever the host says. */
export const annotation = ({ code, fault: { what, where, remedy } }: DeployError): string => {
  const place = where === undefined ? '' : `\nwhere: ${where}`
  return `::error title=${property(`deploy-flask ${code}`)}::${data(`${what}${place}\nwhat to do: ${remedy}`)}\n`
}
