import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DeployError } from '../errors.js'
import { findings } from './findings.js'
import { inlineSecrets } from './inline-secrets.js'
import { flagsVersionUnknown, isNewerVersion, yamlInvalid } from './flags-refusals.js'
import { configInvalid, type Finding, type Mistake, type Path } from './mistake.js'
import { flagsFile, type FlagsFile } from './schema.js'
import { warningsOf } from './warnings.js'
import { parseYaml } from './yaml.js'

export interface ReadFlags {
  readonly flags: FlagsFile
  /** `FILE:LINE:COLUMN` of a field, for mistakes that only show later. */
  readonly where: (...path: Path) => string
}

export interface LoadedFlags extends ReadFlags {
  /** As it was given. */
  readonly file: string
  /** What relative paths in the file are relative to. */
  readonly directory: string
  readonly warnings: readonly string[]
}

const maxBytes = 1_000_000

/** Only from a path that was given: a file that happens to lie in the folder could be anybody's. */
export const loadFlagsFile = async (file: string): Promise<LoadedFlags> => {
  const { text, warnings } = await readText(file)
  const read = readFlags(text, file)
  const all = [...warnings, ...warningsOf(read.flags, read.where)]
  return { ...read, file, directory: dirname(resolve(file)), warnings: all }
}

/** YAML or JSON, which is YAML too. All mistakes are told at once. */
export const readFlags = (text: string, file: string): ReadFlags => {
  const parsed = parseYaml(text)
  const mistakes: Mistake[] = [...parsed.mistakes]
  const at = (path: Path, what?: 'key') => parsed.place(path, what)
  if (!parsed.whole) throw yamlInvalid(file, mistakes)
  if (parsed.value === null) {
    throw configInvalid(file, [{ path: [], message: 'the file is empty', line: 1, column: 1 }])
  }
  if (isNewerVersion(parsed.value)) throw flagsVersionUnknown(parsed.value.version, at(['version']), file)
  const result = flagsFile.safeParse(parsed.value)
  const found: readonly Finding[] = [
    ...inlineSecrets(parsed.value),
    ...(result.success ? [] : findings(result.error.issues, parsed.value, parsed.written)),
  ]
  for (const finding of found) mistakes.push({ ...finding, ...at(finding.path, finding.at) })
  if (!result.success || mistakes.length > 0) throw configInvalid(file, mistakes)
  const where = (...path: Path): string => {
    const { line, column } = at(path)
    return `${file}:${line}:${column}`
  }
  return { flags: result.data, where }
}

const unreadable = (file: string, what: string, remedy: string, cause?: unknown): DeployError =>
  new DeployError('CONFIG_UNREADABLE', { what, where: file, remedy }, { cause })

const readText = async (file: string): Promise<{ text: string; warnings: readonly string[] }> => {
  const handle = await openFile(file)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) {
      throw unreadable(file, 'the flags file is not a regular file', 'give the path of a YAML or JSON file')
    }
    const bytes = await readAtMost(handle, maxBytes + 1)
    if (bytes.length > maxBytes) {
      throw unreadable(file, 'the flags file is larger than 1 MB', 'give the path of a flags file; is it another file?')
    }
    return { text: decode(bytes, file), warnings: suspicions(file, stat) }
  } finally {
    await handle.close()
  }
}

const openFile = async (file: string): Promise<FileHandle> => {
  try {
    // without O_NONBLOCK a FIFO would keep us waiting for somebody who writes into it
    return await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw code === 'ENOENT'
      ? unreadable(file, 'there is no such flags file', 'check the path that follows -f', cause)
      : unreadable(file, `the flags file cannot be opened (${code})`, 'check its path and its permissions', cause)
  }
}

const readAtMost = async (handle: FileHandle, limit: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(limit)
  let length = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, limit - length)
    length += bytesRead
    if (bytesRead === 0 || length === limit) return buffer.subarray(0, length)
  }
}

const decode = (bytes: Buffer, file: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw unreadable(file, 'the flags file is not UTF-8 text', 'save it in UTF-8', cause)
  }
}

/** Whoever can write the flags file can run code as root on the host. */
const suspicions = (file: string, { mode, uid }: { mode: number; uid: number }): readonly string[] => {
  const me = process.getuid?.()
  if (me === undefined) return []
  return [
    ...((mode & 0o022) === 0 ? [] : [`${file} can be written by other users of this computer: chmod go-w ${file}`]),
    ...(uid === me || uid === 0 || me === 0 ? [] : [`${file} belongs to another user of this computer`]),
  ]
}
