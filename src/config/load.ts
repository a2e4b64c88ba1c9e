import { sha256 } from './content-hash.js'
import { findings } from './findings.js'
import { documentOf, openFlagsFile, type FlagsDocument } from './flags-document.js'
import { inlineSecrets } from './inline-secrets.js'
import { configInvalid, type Finding, type Mistake, type Path } from './mistake.js'
import { applicationMissing, fieldsMissing, isMissing } from './missing.js'
import { originBelow, originOf, overlaid, type Override } from './overrides.js'
import { flagsFile, type FlagsFile } from './schema.js'
import { warningsOf } from './warnings.js'

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
  readonly env: Readonly<Record<string, string | undefined>>
}

export const loadFlagsFile = async (file: string, overrides: readonly Override[] = []): Promise<LoadedFlags> =>
  loadDocument(await openFlagsFile(file), overrides)

/** As `loadFlagsFile`, of a file that is still to be written. */
export const loadText = (text: string, file: string, overrides: readonly Override[] = []): LoadedFlags =>
  loadDocument(documentOf(text, file), overrides)

/** The settings of one host. */
export const loadDocument = (document: FlagsDocument, overrides: readonly Override[]): LoadedFlags => {
  const read = settingsIn(document, overrides)
  const { file, directory, hash } = document
  const warnings = [...document.warnings, ...warningsOf(read.flags, read.where)]
  return { ...read, file, directory, hash, overrides, warnings }
}

/** Everything by options and environment variables. */
export const loadOverrides = (overrides: readonly Override[], directory: string): LoadedFlags => {
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

/**
 * Of a flags file for several hosts, what is particular to the one that was chosen, and everything that is stronger.
 * Throws where none was.
 */
export type ChooseHost = (document: FlagsDocument, overrides: readonly Override[]) => Promise<readonly Override[]>

/** `document`: the flags file, where there is one. */
export const loadSettings = async (
  {
    document,
    overrides,
    cwd,
  }: Pick<SettingsSource, 'overrides' | 'cwd'> & { readonly document: FlagsDocument | undefined },
  chooseHost?: ChooseHost,
): Promise<LoadedFlags> => {
  if (document === undefined) return loadOverrides(overrides, cwd)
  const isFleet = document.fleet !== undefined && chooseHost !== undefined
  return loadDocument(document, isFleet ? await chooseHost(document, overrides) : overrides)
}

/** All mistakes are told at once. */
export const readFlags = (text: string, file: string, overrides: readonly Override[] = []): ReadFlags =>
  settingsIn(documentOf(text, file), overrides)

const settingsIn = ({ settings, parsed, file }: FlagsDocument, overrides: readonly Override[]): ReadFlags => {
  const mistakes: Mistake[] = [...parsed.mistakes]
  const value = overlaid(settings, overrides)
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
