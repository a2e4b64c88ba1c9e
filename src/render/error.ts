import type { DeployError, Fault } from '../errors.js'
import type { Colours } from './colour.js'
import { sanitise } from '../core/sanitise.js'

const mostLines = 20
const longestLine = 1_000

/** Their evidence is a list of mistakes, and all of it counts. */
const lists: readonly string[] = [
  'CONFIG_INVALID',
  'YAML_INVALID',
  'FIELD_MISSING',
  'PATH_DANGEROUS',
  'SECRET_MISSING',
  'SOURCE_INVALID',
  'REQUIREMENTS_INVALID',
]

/** Of a tool's output the end counts. */
const evidenceLines = (code: string, evidence: string, { dim }: Colours): string[] => {
  const lines = sanitise(evidence).trimEnd().split('\n')
  if (lists.includes(code)) return lines
  const left = lines.length - mostLines
  const shown = lines
    .slice(-mostLines)
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line))
  return [...(left > 0 ? [dim(`(${left} earlier lines left out)`)] : []), ...shown]
}

/** The first line stands beside the name of its block, the others under it. */
const block = (name: string, text: string, colours: Colours): string =>
  `${colours.bold(`${name}:`)} ${sanitise(text).trimEnd().split('\n').join('\n    ')}\n`

/** Their text says all there is to say. */
const selfEvident: readonly string[] = ['USAGE', 'DECLINED', 'INTERRUPTED']

interface Options {
  /** Ends with the command that explains the code; noise in a log. */
  readonly more?: boolean
}

/** The same four blocks for every failure: what, where, evidence, what to do. */
export const errorText = (
  { code, fault }: { readonly code: string; readonly fault: Fault },
  colours: Colours,
  { more = false }: Options = {},
): string => {
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
    more && !selfEvident.includes(code) ? `${colours.dim(`more: deploy-flask explain ${code}`)}\n` : '',
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
