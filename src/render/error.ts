import type { DeployError, ErrorCode } from '../errors.js'
import type { Colours } from './colour.js'
import { sanitise } from '../core/sanitise.js'

const mostLines = 20

/** Of a tool's output the end counts; mistakes in a flags file are a list, and all of it counts. */
const evidenceLines = (code: ErrorCode, evidence: string, { dim }: Colours): string[] => {
  const lines = sanitise(evidence).trimEnd().split('\n')
  if (code === 'CONFIG_INVALID') return lines
  const left = lines.length - mostLines
  return [...(left > 0 ? [dim(`(${left} earlier lines left out)`)] : []), ...lines.slice(-mostLines)]
}

/** The first line stands beside the name of its block, the others under it. */
const block = (name: string, text: string, colours: Colours): string =>
  `${colours.bold(`${name}:`)} ${sanitise(text).trimEnd().split('\n').join('\n    ')}\n`

/** The same four blocks for every failure: what, where, evidence, what to do. */
export const errorText = ({ code, fault }: DeployError, colours: Colours): string => {
  const evidence = fault.evidence?.trim() === '' ? undefined : fault.evidence
  return [
    `${colours.red(`error ${code}:`)} ${sanitise(fault.what).trimEnd().split('\n').join('\n    ')}\n`,
    fault.where === undefined ? '' : block('where', fault.where, colours),
    evidence === undefined
      ? ''
      : `${colours.bold('evidence:')}\n${evidenceLines(code, evidence, colours)
          .map((line) => `    ${line}\n`)
          .join('')}`,
    block('what to do', fault.remedy, colours),
  ].join('')
}

export const errorDocument = ({ code, exitCode, fault }: DeployError) => ({
  code,
  exitCode,
  what: fault.what,
  where: fault.where,
  evidence: fault.evidence,
  remedy: fault.remedy,
})
