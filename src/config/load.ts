import { dirname, resolve } from 'node:path'
import { sha256 } from './content-hash.js'
import { findings } from './findings.js'
import { readText } from './flags-text.js'
import { inlineSecrets } from './inline-secrets.js'
import { flagsVersionUnknown, isNewerVersion, yamlInvalid } from './flags-refusals.js'
import { configInvalid, type Finding, type Mistake, type Path } from './mistake.js'
import { applicationMissing, fieldsMissing, isMissing } from './missing.js'
import { originBelow, originOf, overlaid, type Override } from './overrides.js'
import { flagsFile, type FlagsFile } from './schema.js'
import { warningsOf } from './warnings.js'
import { parseYaml } from './yaml.js'

export interface ReadFlags {
  readonly flags: FlagsFile
  /** `FILE:LINE:COLUMN` of a field, or the option that says it, for mistakes that only show later. */
  readonly where: (...path: Path) => string
}

export interface LoadedFlags extends ReadFlags {
  /** As it was given; undefined where everything was given without a file. */
  readonly file: string | undefined
  /** What relative paths in the file are relative to. */
  readonly directory: string
  /** Of the text of the file. */
  readonly hash: string
  readonly overrides: readonly Override[]
  readonly warnings: readonly string[]
}

/** The flags file, where there is one, and what is stronger than it. */
export interface SettingsSource {
  readonly file: string | undefined
  readonly overrides: readonly Override[]
  /** What relative paths are relative to where there is no file. */
  readonly cwd: string
}

/** Only from a path that was given: a file that happens to lie in the folder could be anybody's. */
export const loadFlagsFile = async (file: string, overrides: readonly Override[] = []): Promise<LoadedFlags> => {
  const { text, warnings } = await readText(file)
  const loaded = loadText(text, file, overrides)
  return { ...loaded, warnings: [...warnings, ...loaded.warnings] }
}

/** As `loadSettings`, for many hosts with overrides of their own: the file is read once. */
export const openSettings = async ({
  file,
  cwd,
}: Omit<SettingsSource, 'overrides'>): Promise<(overrides: readonly Override[]) => LoadedFlags> => {
  if (file === undefined) return (overrides) => loadOverrides(overrides, cwd)
  const { text, warnings } = await readText(file)
  const parsed = parseYaml(text)
  const hash = sha256(text)
  return (overrides) => {
    const loaded = loadedFrom(readParsed(parsed, file, overrides), file, hash, overrides)
    return { ...loaded, warnings: [...warnings, ...loaded.warnings] }
  }
}

/** As `loadFlagsFile`, of a file that is still to be written. */
export const loadText = (text: string, file: string, overrides: readonly Override[] = []): LoadedFlags =>
  loadedFrom(readFlags(text, file, overrides), file, sha256(text), overrides)

const loadedFrom = (read: ReadFlags, file: string, hash: string, overrides: readonly Override[]): LoadedFlags => {
  const warnings = warningsOf(read.flags, read.where)
  return { ...read, file, directory: dirname(resolve(file)), hash, overrides, warnings }
}

/** Everything by options and environment variables. */
const loadOverrides = (overrides: readonly Override[], directory: string): LoadedFlags => {
  const value = overlaid({ version: 1 }, overrides)
  const result = flagsFile.safeParse(value)
  const found: readonly Finding[] = [
    ...inlineSecrets(value),
    ...(result.success ? [] : findings(result.error.issues, value, () => undefined)),
    ...applicationMissing(value),
  ]
  const missing = found.filter((finding) => isMissing(value, finding))
  const wrong = found.filter((finding) => !missing.includes(finding))
  const where = (...path: Path): string => originOf(overrides, path) ?? originBelow(overrides, path) ?? noFile
  const place = { line: 0, column: 0 }
  if (wrong.length > 0) {
    throw configInvalid(noFile, [
      ...missing.map((finding) => ({ ...finding, ...place, origin: noFile })),
      ...wrong.map((finding) => ({ ...finding, ...place, origin: where(...finding.path) })),
    ])
  }
  if (!result.success || missing.length > 0) throw fieldsMissing(missing)
  const warnings = warningsOf(result.data, where)
  return { flags: result.data, where, file: undefined, directory, hash: sha256(''), overrides, warnings }
}

const noFile = 'no flags file'

export const loadSettings = async ({ file, overrides, cwd }: SettingsSource): Promise<LoadedFlags> =>
  file === undefined ? loadOverrides(overrides, cwd) : loadFlagsFile(file, overrides)

/** YAML or JSON, which is YAML too. All mistakes are told at once. */
export const readFlags = (text: string, file: string, overrides: readonly Override[] = []): ReadFlags =>
  readParsed(parseYaml(text), file, overrides)

const readParsed = (parsed: ReturnType<typeof parseYaml>, file: string, overrides: readonly Override[]): ReadFlags => {
  const mistakes: Mistake[] = [...parsed.mistakes]
  if (!parsed.whole) throw yamlInvalid(file, mistakes)
  if (parsed.value === null) {
    throw configInvalid(file, [{ path: [], message: 'the file is empty', line: 1, column: 1 }])
  }
  if (isNewerVersion(parsed.value)) {
    throw flagsVersionUnknown(parsed.value.version, parsed.place(['version']), file)
  }
  const value = overlaid(parsed.value, overrides)
  const result = flagsFile.safeParse(value)
  const found: readonly Finding[] = [
    ...inlineSecrets(value),
    ...(result.success ? [] : findings(result.error.issues, value, parsed.written)),
  ]
  for (const finding of found) {
    const origin = originOf(overrides, finding.path)
    const place = parsed.place(finding.path, finding.at)
    mistakes.push({ ...finding, ...place, ...(origin === undefined ? {} : { origin }) })
  }
  if (!result.success || mistakes.length > 0) throw configInvalid(file, mistakes)
  const where = (...path: Path): string => {
    const { line, column } = parsed.place(path)
    return originOf(overrides, path) ?? `${file}:${line}:${column}`
  }
  return { flags: result.data, where }
}
