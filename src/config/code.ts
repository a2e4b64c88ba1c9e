import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FolderCode, HostCode, Requirements } from '../core/site.js'
import { DeployError } from '../errors.js'
import { counted } from './mistake.js'
import { readRequirements, type Allowed } from './requirements.js'
import { contentMistakes } from './code-content.js'
import { told, type Where } from './rule.js'
import type { FlagsFile, SecretReference } from './schema.js'
import { localPath, type Nearby } from './secrets.js'
import { readFolderContent } from './source.js'

export interface CodeOptions extends Nearby {
  readonly now: Date
  /** Path of the flags file: it stays at home when it lies in the folder of the code. */
  readonly file?: string
  readonly where: Where
  readonly secrets: readonly SecretReference[]
}

export interface Code {
  readonly code: FolderCode | HostCode
  readonly requirements: Requirements
}

const usual = 'requirements.txt'

/** The code and its requirements: read from here, or only named when they are on the host. */
export const resolveCode = async (flags: FlagsFile, options: CodeOptions): Promise<Code> => {
  const { where } = options
  const wanted = flags.requirements
  const allowed = { references: flags.pip.references, requireHashes: flags.pip['require-hashes'] }
  const listed = wanted === false || Array.isArray(wanted) ? fromList(wanted || [], where, allowed) : undefined
  if ('path' in flags.code) {
    const file = typeof wanted === 'string' ? { file: wanted } : { file: usual, optional: true }
    const requirements = listed ?? { ...file, text: '' }
    return { code: { kind: 'path', path: flags.code.path }, requirements }
  }
  const folder = localPath(flags.code.folder, options)
  const content = await readFolderContent(folder, { now: options.now, leaveOut: stayingHome(options) })
  const mistakes = told(where, await contentMistakes(flags, content))
  if (mistakes.length > 0) throw sourceInvalid(mistakes, 'correct the flags file or the code at the places named above')
  if (listed !== undefined) return { code: content.code, requirements: listed }
  const file = typeof wanted === 'string' ? wanted : usual
  if (content.files.has(file)) return { code: content.code, requirements: await fromFile(folder, file, allowed) }
  if (wanted === undefined) return { code: content.code, requirements: { text: '' } }
  throw sourceInvalid(
    [`${where('requirements')}: requirements: ${file} is not in ${folder}, or is left out by an ignore file`],
    'correct requirements, or write requirements: false when there are none',
  )
}

/** Nobody wants a secret, or a change of the flags file alone, to become part of a release. */
const stayingHome = (options: CodeOptions): readonly string[] => [
  ...options.secrets.flatMap((reference) => ('file' in reference ? [localPath(reference.file, options)] : [])),
  ...(options.file === undefined ? [] : [resolve(options.file)]),
]

const sourceInvalid = (mistakes: readonly string[], remedy: string): DeployError =>
  new DeployError('SOURCE_INVALID', {
    what: `the code has ${counted(mistakes.length, 'mistake')}`,
    evidence: mistakes.join('\n'),
    remedy,
  })

const requirementsInvalid = (mistakes: readonly string[], remedy: string): DeployError =>
  new DeployError('REQUIREMENTS_INVALID', {
    what: `the requirements have ${counted(mistakes.length, 'mistake')}`,
    evidence: mistakes.join('\n'),
    remedy,
  })

const fromList = (lines: readonly string[], where: Where, allowed: Allowed): Requirements => {
  const { text, mistakes } = readRequirements(lines.join('\n'), where('requirements'), allowed)
  if (mistakes.length === 0) return { text }
  throw requirementsInvalid(mistakes, 'correct the list of requirements in the flags file')
}

const fromFile = async (folder: string, file: string, allowed: Allowed): Promise<Requirements> => {
  const path = join(folder, file)
  const { text, mistakes } = readRequirements(await readFile(path, 'utf8'), path, allowed)
  if (mistakes.length === 0) return { file, text }
  throw requirementsInvalid(mistakes, 'correct the requirements file at the lines named above')
}
