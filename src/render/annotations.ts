import { relative, resolve } from 'node:path'
import { visible } from '../core/sanitise.js'
import type { DeployError, ErrorCode } from '../errors.js'
import type { Io, Output } from './out.js'

/** What a run in CI tells besides its text, as GitHub Actions reads it and others do, too; elsewhere nothing. */
export interface Annotations {
  /** In which no text can be a workflow command. */
  readonly io: Io
  readonly errors: (errors: readonly DeployError[]) => void
  readonly warning: (text: string) => void
}

/** `FILE:LINE:COLUMN: message`, as mistakes in files of this computer are told. */
const placed = /^(?<file>[^\n]+?):(?<line>\d+)(?::(?<col>\d+))?: (?<message>.*)$/s

type Level = 'error' | 'warning'

interface Place {
  readonly file?: string | undefined
  readonly line?: string | undefined
  readonly col?: string | undefined
  readonly title?: string | undefined
}

const escapedMessage = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapedProperty = (text: string): string => escapedMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

const workflowCommand = (level: Level, place: Place, message: string): string => {
  const properties = Object.entries(place).flatMap(([name, value]: [string, string | undefined]) =>
    value === undefined ? [] : [`${name}=${escapedProperty(visible(value))}`],
  )
  const head = [level, ...(properties.length === 0 ? [] : [properties.join(',')])].join(' ')
  return `::${head}::${escapedMessage(visible(message))}\n`
}

/** Relative to the repository, which is how GitHub finds a file. */
const inRepository = (file: string, { cwd, env }: Io): string => {
  const workspace = env['GITHUB_WORKSPACE']
  if (workspace === undefined || workspace === '') return file
  const path = relative(workspace, resolve(cwd, file))
  return path === '' || path.startsWith('..') ? file : path
}

/** Where the text says a place, the annotation stands there. */
const annotation = (level: Level, text: string, title: string | undefined, io: Io): string => {
  const { file, line, col, message } = placed.exec(text)?.groups ?? {}
  if (file === undefined || message === undefined) return workflowCommand(level, { title }, text)
  return workflowCommand(level, { file: inRepository(file, io), line, col, title }, message)
}

/** Their evidence is ours; what a host said is not looked through for places. */
const withPlaces: readonly ErrorCode[] = [
  'CONFIG_INVALID',
  'YAML_INVALID',
  'FLAGS_VERSION_UNKNOWN',
  'PATH_DANGEROUS',
  'SOURCE_INVALID',
  'REQUIREMENTS_INVALID',
  'PLAYBOOK_INVALID',
  'PLAYBOOK_FAILED',
]

/** A list of places is one annotation each. */
const errorAnnotations = ({ code, fault }: DeployError, io: Io): string => {
  const { what, where, evidence, remedy } = fault
  const lines = (evidence ?? '').split('\n').filter((line) => placed.test(line))
  if (withPlaces.includes(code) && lines.length > 0) {
    return lines.map((line) => annotation('error', line, code, io)).join('')
  }
  const told = [what, ...(where === undefined ? [] : [`where: ${where}`]), `what to do: ${remedy}`].join('\n')
  return workflowCommand('error', { title: code }, told)
}

/**
 * The runner takes a line for a command when it begins with `::`, blanks left aside, or holds `##[` anywhere; a lone
 * carriage return ends a line for it, too. A blank in between makes it text.
 */
export const withoutCommands = (output: Output): Output => {
  // of the line that is being written, what could still become a command
  let line = ''
  return {
    isTTY: output.isTTY,
    write: (text) => {
      const whole = line + text
      const safe = whole.replace(/(^|[\r\n])([\s\u0085]*:)(?=:)/g, '$1$2 ').replace(/##(?=\[)/g, '## ')
      output.write(safe.slice(line.length))
      const last = whole.split(/[\r\n]/).at(-1) ?? ''
      line = /^[\s\u0085]*:?$/.test(last) ? last : `x${/#{0,2}$/.exec(last)?.[0] ?? ''}`
    },
  }
}

const silent = (io: Io): Annotations => ({ io, errors: () => undefined, warning: () => undefined })

/** Text is guarded wherever the runner reads it; annotations are for CI, which says so. */
export const annotationsFor = (io: Io): Annotations => {
  const isCi = !['', '0', 'false'].includes(io.env['CI'] ?? '')
  if (!isCi && io.env['GITHUB_ACTIONS'] !== 'true') return silent(io)
  const guarded = { ...io, stdout: withoutCommands(io.stdout), stderr: withoutCommands(io.stderr) }
  if (!isCi) return silent(guarded)
  return {
    io: guarded,
    errors: (errors) => io.stderr.write(errors.map((error) => errorAnnotations(error, io)).join('')),
    warning: (text) => io.stderr.write(annotation('warning', text, undefined, io)),
  }
}
