import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Requirements } from '../core/site.js'
import { contentMistakes } from './code-content.js'
import type { Code, CodeOptions } from './code.js'
import { projectUnreadable } from './folder-list.js'
import { localPathOf, packageIn, placed } from './local-packages.js'
import { told, type Broken } from './rule.js'
import type { FlagsFile } from './schema.js'
import { localPath } from './secrets.js'
import { readFolderContent } from './source.js'
import { sourceInvalid } from './source-invalid.js'

interface PackageOptions extends CodeOptions {
  readonly requireHashes: boolean
  /** Requirements beside what the package needs. */
  readonly listed: Requirements | undefined
}

const fault = (flags: FlagsFile, name: string): Broken | undefined => {
  if (localPathOf(name) === undefined || packageIn(name) === undefined) {
    return {
      path: ['code', 'package'],
      message: 'must be a wheel or a source distribution: NAME-1.0-py3-none-any.whl, NAME-1.0.tar.gz or NAME-1.0.zip',
    }
  }
  if (flags.venv !== undefined) {
    return { path: ['venv'], message: 'a package has an environment that is named by what it holds: leave this out' }
  }
  return typeof flags.requirements === 'string'
    ? {
        path: ['requirements'],
        message: 'a package says itself what it needs: leave this out, or write a list of what comes on top',
      }
    : undefined
}

/** A wheel or source distribution is a release of one file; what is imported is what pip installs of it. */
export const resolvePackage = async (flags: FlagsFile, written: string, options: PackageOptions): Promise<Code> => {
  const { where, listed, requireHashes, root } = options
  const file = localPath(written, options)
  const only = basename(file)
  const wrong = fault(flags, only)
  if (wrong !== undefined) throw sourceInvalid(told(where, [wrong]), 'correct the flags file at the place named above')
  await mustBeFile(file)
  const content = await (options.readFolder ?? readFolderContent)(dirname(file), { now: options.now, only })
  const mistakes = told(where, await contentMistakes(flags, content))
  if (mistakes.length > 0) {
    throw sourceInvalid(
      mistakes,
      'what the package holds is not known here: name folders of the host by their absolute path',
    )
  }
  const { text, packages } = await placed(`${listed?.text ?? ''}${only}\n`, dirname(file), root, requireHashes)
  return { code: { ...content.code, isPackage: true }, requirements: { text, packages }, notes: [] }
}

const mustBeFile = async (file: string): Promise<void> => {
  const remedy = 'check code.package in the flags file; "python3 -m build" makes such a file'
  const found = await stat(file).catch((cause: unknown) => {
    throw projectUnreadable('the package cannot be found', file, remedy, cause)
  })
  if (!found.isFile()) throw projectUnreadable('the package is not a file', file, remedy)
}
