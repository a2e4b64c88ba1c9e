import { dirname, resolve } from 'node:path'
import { sha256 } from './content-hash.js'
import { flagsVersionUnknown, isNewerVersion, yamlInvalid } from './flags-refusals.js'
import { readText } from './flags-text.js'
import { configInvalid } from './mistake.js'
import { divided, type Divided } from './schema-fleet.js'
import { parseYaml, type Parsed } from './yaml.js'

/** A flags file that was read once: the settings of any number of hosts are its own with those of each laid over. */
export interface FlagsDocument extends Divided {
  /** As it was given. */
  readonly file: string
  /** What relative paths in the file are relative to. */
  readonly directory: string
  /** Of the text of the file. */
  readonly hash: string
  readonly parsed: Parsed
  /** What is suspicious about the file. */
  readonly warnings: readonly string[]
}

/** YAML or JSON, which is YAML too. */
export const documentOf = (text: string, file: string): FlagsDocument => {
  const parsed = parseYaml(text)
  if (!parsed.whole) throw yamlInvalid(file, parsed.mistakes)
  if (parsed.value === null) {
    throw configInvalid(file, [{ path: [], message: 'the file is empty', line: 1, column: 1 }])
  }
  if (isNewerVersion(parsed.value)) {
    throw flagsVersionUnknown(parsed.value.version, parsed.place(['version']), file)
  }
  return { ...divided(parsed.value), file, directory: dirname(resolve(file)), hash: sha256(text), parsed, warnings: [] }
}

/** Only from a path that was given: a file that happens to lie in the folder could be anybody's. */
export const openFlagsFile = async (file: string): Promise<FlagsDocument> => {
  const { text, warnings } = await readText(file)
  return { ...documentOf(text, file), warnings }
}
