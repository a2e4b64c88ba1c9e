import { DeployError } from '../errors.js'
import { runApart } from '../transport/local-apart.js'
import { bytesIn } from './bytes-in.js'
import { gitFailure } from './failure.js'

/** What git would take from the repository, or the shell, that it happens to be called in. */
const notOurs =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX)$|^GIT_TRACE|^GIT_(SHALLOW_FILE|GRAFT_FILE|REPLACE_REF_BASE|PROTOCOL_FROM_USER)$/

/**
 * Git is the operator's own, with the operator's own configuration: that is where its logins come from. What could make
 * it run something, or talk to anybody, on the word of a repository is off.
 */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'transfer.fsckObjects=true',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'protocol.version=2',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting])

const surroundings = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // stronger than any protocol.*.allow in a configuration
  GIT_ALLOW_PROTOCOL: 'https:ssh',
}

export interface GitCall {
  readonly seconds: number
  readonly input?: string
  readonly take?: (stdout: AsyncIterable<Buffer>) => Promise<void>
  /** Where it writes, and how much of that there may be. */
  readonly into?: { readonly folder: string; readonly bytes: number }
}

/** Git for one repository, whose URL is for messages. */
export class Git {
  readonly #env: Readonly<Record<string, string | undefined>>

  constructor(
    readonly url: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const kept = Object.entries(env).filter(([name]) => !notOurs.test(name))
    this.#env = { ...Object.fromEntries(kept), ...surroundings }
  }

  /** Its stdout, byte by byte. */
  async run(argv: readonly string[], { seconds, into, ...call }: GitCall): Promise<string> {
    const answer = await runApart('git', [...settings, ...argv], {
      ...call,
      milliseconds: seconds * 1000,
      env: this.#env,
      ...(into === undefined ? {} : { isTooMuch: async () => (await bytesIn(into.folder)) > into.bytes }),
    })
    if (answer.exitCode === 0) return answer.stdout
    if (answer.missing) throw gitMissing()
    if (answer.tooMuch && into !== undefined) throw tooLarge(this.url, into.bytes)
    throw gitFailure(this.url, answer, seconds)
  }
}

const tooLarge = (url: string, bytes: number): DeployError =>
  new DeployError('GIT_TOO_LARGE', {
    what: `git was ended when it had fetched ${Math.ceil(bytes / 1e6)} MB for one commit of the repository`,
    where: url,
    remedy:
      'take large files out of the repository (Git LFS sends pointers only), or clone it and write code: {folder: PATH}',
  })

const gitMissing = (): DeployError =>
  new DeployError('GIT_MISSING', {
    what: 'git is not on this computer, and the code is to come from a repository',
    remedy: 'install git here (the host needs none), or clone it yourself and write code: {folder: PATH}',
  })
