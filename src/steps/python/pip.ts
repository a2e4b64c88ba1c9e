import type { Answer, Command } from '../../core/command.js'
import { rememberVenv, type WantedRequirements } from '../../probes/venv.js'
import { DeployError, type ErrorCode } from '../../errors.js'
import type { Account } from '../site/account.js'
import { asBuilder } from './builder.js'
import { pipProgress } from './progress.js'

const install = (indexUrl: string | undefined, args: readonly string[]): readonly string[] => [
  '--disable-pip-version-check',
  'install',
  ...(indexUrl === undefined ? [] : ['--index-url', indexUrl]),
  ...args,
]

/** Slow builds take their time, and must not be cut off. */
const lasting = { as: 'root', seconds: 1800, lasting: true, progress: pipProgress } as const

/**
 * pip of the host as root, for mod_wsgi alone, which is root's in Apache anyway: with root's own home (sudo of 18.04 keeps
 * the user's) and UTF-8.
 */
const pipAsRoot = (indexUrl: string | undefined, ...args: readonly string[]): readonly [string, ...string[]] => [
  ...(['env', 'HOME=/root', 'LC_ALL=C.UTF-8', 'LANG=C.UTF-8', 'pip3'] as const),
  ...install(indexUrl, args),
]

export const pipInstallAsRoot = (indexUrl: string | undefined, ...args: readonly string[]): Command => ({
  ...lasting,
  argv: pipAsRoot(indexUrl, ...args),
})

/**
 * pip of a venv; `as` is what the account is taken on with. Without a cache: whoever can write it has a say in what is
 * installed next.
 */
export const pipInstall = (
  as: readonly [string, ...string[]],
  venv: string,
  indexUrl: string | undefined,
  ...args: readonly string[]
): Command => ({
  ...lasting,
  argv: [...as, `${venv}/bin/python`, '-m', 'pip', '--no-cache-dir', ...install(indexUrl, args)],
})

/** After every installation: the next look at the venv then needs no Python. */
export const checkVenv = (path: string, by: Account, wanted: WantedRequirements): Command => ({
  argv: asBuilder(by, 'bash', '-c', rememberVenv(path, by.user, wanted)),
  as: 'root',
  label: `check what is installed in ${path}`,
})

const UNREACHABLE =
  /Retrying|connection broken|Could not fetch URL|NewConnectionError|ConnectTimeoutError|Max retries exceeded/
/** Ended by a signal: pip itself, or what it had started to build a package. */
const KILLED = /\bKilled\b|(?:exit status|error code|exit code:?) -9\b|died with <Signals\.SIGKILL/
const SIGKILLED = 137
const DAMAGED =
  /DO NOT MATCH THE HASHES|Connection broken: IncompleteRead|BadZipFile|File is not a zip file|Wheel '.*' located at .* is invalid|has an invalid wheel|is not a (?:zip|gzip) file|Cannot unpack file|zlib\.error|EOFError/
const CONFLICT = /ResolutionImpossible|conflicting dependencies|Double requirement given/
const BUILD =
  /Failed building wheel|Could not build wheels|error: command '.*' failed|setup\.py (?:install|bdist_wheel|egg_info).* (?:failed|error code)|subprocess-exited-with-error|fatal error: \S+\.h: No such file/
/** A version that does not even tell what it is: pip looks for another one, and says in the end that there is none. */
const NO_METADATA = /metadata \(\S+\): finished with status 'error'|setup\.py egg_info Check the logs/
const NOT_HANDED_OVER = /^\S+ (?:is neither a file nor a folder|has a second name \(hard link\))$/m
const NO_VERSION = /No matching distribution found for ([^\n]+)/

/** Of a pip that has begun before everything that it may need was configured, or had the memory to itself. */
export const tooEarly: readonly ErrorCode[] = ['PIP_BUILD_FAILED', 'PIP_FAILED', 'PIP_KILLED', 'STEP_FAILED']

/** pip prints the same last line for "no index" and "no such version"; the retries before it tell them apart. */
export const explainPip = (answer: Answer): DeployError => {
  const said = `${answer.stdout}\n${answer.stderr}`
  const evidence = said.trim().split('\n').slice(-20).join('\n')
  if (answer.exitCode === SIGKILLED || KILLED.test(said)) {
    return new DeployError('PIP_KILLED', {
      what: 'pip, or the build of a package, was killed on the host: there may not be enough memory',
      evidence: evidence === '' ? `exit code ${answer.exitCode}` : evidence,
      remedy: 'look there for "Out of memory" (dmesg); give it more memory or swap, or pin a version that has a wheel',
    })
  }
  const strange = NOT_HANDED_OVER.exec(answer.stderr)?.[0]
  if (strange !== undefined) {
    return new DeployError('PATH_DANGEROUS', {
      what: "the virtual environment cannot become root's: there is something in it that no package needs",
      evidence: strange,
      remedy: 'look which of the requirements has made that, before anything else is done',
    })
  }
  if (DAMAGED.test(said)) {
    return new DeployError('PIP_DOWNLOAD_DAMAGED', {
      what: 'the Python package index sent a file that is not whole, or not the one that it promises',
      evidence,
      remedy: 'run this again; if it stays so, name another index with pip.index-url in the flags file',
    })
  }
  if (UNREACHABLE.test(said)) {
    return new DeployError('PIP_INDEX_UNREACHABLE', {
      what: 'the host cannot reach its Python package index',
      evidence,
      remedy: 'check the network of the host and its /etc/pip.conf, or set pip.index-url in the flags file',
    })
  }
  const metadataMissing = NO_METADATA.test(said)
  const wanted = metadataMissing ? undefined : NO_VERSION.exec(said)?.[1]
  if (wanted !== undefined) {
    return new DeployError('PIP_NO_VERSION', {
      what: `the package index has no version of ${wanted} that runs on the host's Python`,
      evidence,
      remedy: 'pin a version that supports it (for Python 3.6: Flask 2.0.3 and its contemporaries)',
    })
  }
  if (CONFLICT.test(said)) {
    return new DeployError('PIP_CONFLICT', {
      what: 'the requirements contradict each other: no set of versions meets all of them',
      evidence,
      remedy: 'loosen or remove one of the requirements that pip names above',
    })
  }
  if (metadataMissing || BUILD.test(said)) {
    return new DeployError('PIP_BUILD_FAILED', {
      what: 'pip could not build a package on the host',
      evidence,
      remedy:
        'install what its build needs on the host (a missing header is in a -dev package), or pin a version that ' +
        "has a wheel for the host's Python",
    })
  }
  return new DeployError('PIP_FAILED', {
    what: 'pip could not install what is wanted',
    evidence,
    remedy: 'the last lines above say why; the same command can be tried on the host',
  })
}
