import { DeployError } from '../errors.js'
import { configInvalid, type Mistake } from './mistake.js'

/** Text that is not YAML: what stands behind the mistake may mean anything, so nothing else is said about it. */
export const yamlInvalid = (file: string, mistakes: readonly Mistake[]): DeployError => {
  const { fault } = configInvalid(file, mistakes)
  return new DeployError('YAML_INVALID', {
    ...fault,
    what: 'the flags file cannot be read as YAML or JSON',
    remedy: 'correct the text at the places named above; an editor that knows YAML shows them too',
  })
}

const knownVersion = 1

/** Every other key of such a file may have changed its meaning. */
export const isNewerVersion = (value: unknown): value is { readonly version: number } =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  Number.isInteger(value.version) &&
  value.version > knownVersion

export const flagsVersionUnknown = (
  version: number,
  { line, column }: Pick<Mistake, 'line' | 'column'>,
  file: string,
): DeployError =>
  new DeployError('FLAGS_VERSION_UNKNOWN', {
    what: `the flags file has version ${version}, and this deploy-flask knows version ${knownVersion}`,
    where: file,
    evidence: `${file}:${line}:${column}: version: ${version} is newer than ${knownVersion}`,
    remedy: 'install the deploy-flask that the file was written for: npm install --global deploy-flask@latest',
  })
