import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CheckedOut, RepositoryCode } from '../core/repository.js'
import type { FolderCode, HostCode, Requirements } from '../core/site.js'
import { DeployError } from '../errors.js'
import { staysHome } from './folder-list.js'
import { counted, listed as firstOf } from './mistake.js'
import { readWithProject, type OwnProject } from './own-project.js'
import { readRequirements, type Allowed } from './requirements.js'
import { resolvePackage } from './code-package.js'
import { placed } from './local-packages.js'
import { contentMistakes } from './code-content.js'
import { told, type Where } from './rule.js'
import type { FlagsFile, SecretReference } from './schema.js'
import { moduleFolderOf } from './src-layout.js'
import { localPath, type Nearby } from './secrets.js'
import { readFolderContent, type FolderContent } from './source.js'
import { sourceInvalid } from './source-invalid.js'

export interface CodeOptions extends Nearby {
  readonly now: Date
  /** Path of the flags file: it stays at home when it lies in the folder of the code. */
  readonly file?: string
  readonly where: Where
  readonly secrets: readonly SecretReference[]
  /** Folder of the site on the host. */
  readonly root: string
  /** Reads what the project in a folder needs. */
  readonly ownProject?: (folder: string) => Promise<OwnProject | undefined>
  /** Reads a folder, or says what it has read of it before. */
  readonly readFolder?: typeof readFolderContent
  /** Brings a repository to this computer. */
  readonly checkOut?: (wanted: RepositoryCode) => Promise<CheckedOut>
}

export interface Code {
  readonly code: FolderCode | HostCode
  readonly requirements: Requirements
  /** Folder of the code in which modules are found that are not at its top. */
  readonly moduleFolder?: string
  /** What a person should know of it, a sentence each. */
  readonly notes: readonly string[]
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
    return { code: { kind: 'path', path: flags.code.path }, requirements, notes: [] }
  }
  if ('package' in flags.code) return resolvePackage(flags, flags.code.package, { ...options, ...allowed, listed })
  const { content, notes } =
    'git' in flags.code
      ? await fromRepository(flags.code, options)
      : { content: await fromFolder(localPath(flags.code.folder, options), options), notes: [] }
  const { code, files } = content
  const mistakes = told(where, await contentMistakes(flags, content))
  if (mistakes.length > 0) throw sourceInvalid(mistakes, 'correct the flags file or the code at the places named above')
  const found = { code, notes, ...moduleFolderOf(flags, files) }
  if (listed !== undefined) return { ...found, requirements: listed }
  const file = typeof wanted === 'string' ? wanted : usual
  if (files.has(file)) {
    const read = await fromFile(code.folder, file, { ...allowed, files }, options)
    const { text, packages } = await placed(read.text, code.folder, options.root, allowed.requireHashes)
    const requirements = { file, text, ...(packages.length === 0 ? {} : { packages }) }
    return { ...found, notes: [...notes, ...read.notes], requirements }
  }
  if (wanted === undefined) return { ...found, requirements: { text: '' } }
  throw sourceInvalid(
    [`${where('requirements')}: requirements: ${file} is not in ${code.folder}, or is left out by an ignore file`],
    'correct requirements, or write requirements: false when there are none',
  )
}

const fromFolder = (folder: string, options: CodeOptions): Promise<FolderContent> =>
  (options.readFolder ?? readFolderContent)(folder, { now: options.now, leaveOut: stayingHome(options) })

interface FromRepository {
  readonly content: FolderContent
  readonly notes: readonly string[]
}

/** A commit is sent as a folder is: what stays at home, and what is refused, is the same. */
const fromRepository = async (
  { git, ref, subfolder }: Extract<FlagsFile['code'], { git: string }>,
  options: CodeOptions,
): Promise<FromRepository> => {
  if (options.checkOut === undefined) throw new Error('there is nobody who fetches the repository')
  const wanted = { git, ...(ref === undefined ? {} : { ref }), ...(subfolder === undefined ? {} : { subfolder }) }
  const { folder, origin, submodules, pointers } = await options.checkOut(wanted)
  const missing: string[] = []
  for (const submodule of submodules) if (!(await staysHome(folder, submodule))) missing.push(submodule)
  if (missing.length > 0) throw submodulesMissing(missing, git)
  const content = await fromFolder(folder, options)
  const sent = pointers.filter((file) => content.files.has(file))
  return {
    content: { ...content, code: { ...content.code, origin } },
    notes:
      sent.length === 0
        ? []
        : [`${firstOf(sent)}: sent as pointers of Git LFS; what they point to is not in the repository itself`],
  }
}

/** Nobody wants a secret, or a change of the flags file alone, to become part of a release. */
const stayingHome = (options: CodeOptions): readonly string[] => [
  ...options.secrets.flatMap((reference) => ('file' in reference ? [localPath(reference.file, options)] : [])),
  ...(options.file === undefined ? [] : [resolve(options.file)]),
]

const submodulesMissing = (submodules: readonly string[], git: string): DeployError =>
  new DeployError('GIT_SUBMODULES', {
    what: `the repository has ${counted(submodules.length, 'submodule')}, which are not fetched: ${firstOf(submodules)}`,
    where: git,
    remedy:
      'list what the site does not need in its .deployignore; otherwise clone it with its submodules, and deploy that ' +
      'folder: code: {folder: PATH}',
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

const fromFile = async (
  folder: string,
  file: string,
  allowed: Allowed,
  { ownProject }: CodeOptions,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> => {
  const path = join(folder, file)
  const projectOf = async (): Promise<OwnProject | undefined> => ownProject?.(folder)
  const { text, mistakes, notes } = await readWithProject(await readFile(path, 'utf8'), path, allowed, projectOf)
  if (mistakes.length === 0) return { text, notes }
  throw requirementsInvalid(mistakes, 'correct the requirements file at the lines named above')
}
