import { sanitise } from '../core/sanitise.js'
import { DeployError, type ErrorCode } from '../errors.js'
import type { ApartAnswer } from '../transport/local-apart.js'

interface Known {
  readonly code: ErrorCode
  readonly says: RegExp
  readonly what: string
  readonly remedy: string
}

/** In the words of git and of ssh in the language C; the first that fits. */
const known: readonly Known[] = [
  {
    code: 'GIT_HOST_KEY',
    says: /host key verification failed|remote host identification has changed|no .* host key is known/i,
    what: 'ssh does not know the host of the repository by its key',
    remedy: 'connect to it once with ssh, compare the fingerprint with what its owner publishes, then run this again',
  },
  {
    code: 'GIT_LOGIN_FAILED',
    says: /permission denied|authentication failed|could not read (username|password)|terminal prompts disabled|returned error: 40[137]|access denied|too many authentication failures/i,
    what: 'the repository cannot be read with the logins that git on this computer has',
    remedy:
      'load the key into ssh-agent (ssh-add), or the token into the credential helper of git; nobody is asked for it here',
  },
  {
    code: 'GIT_REPOSITORY_MISSING',
    says: /not found|does not appear to be a git repository|could not be found|no such (repository|project)|does not exist/i,
    what: 'there is no such repository, or none for this login',
    remedy: 'check code.git: does git ls-remote with that URL list it?',
  },
  {
    code: 'GIT_UNREACHABLE',
    says: /could not resolve|couldn't resolve|failed to connect|couldn't connect|could not connect|connection (refused|timed out|reset|closed)|no route to host|network is unreachable|operation timed out|certificate|ssl|early eof|unexpected disconnect|returned error: 5/i,
    what: 'the repository cannot be reached from this computer',
    remedy: 'check the URL in code.git and the network; the certificate, where git complains about that',
  },
  {
    code: 'GIT_REF_MISSING',
    says: /couldn't find remote ref|not our ref|unadvertised object|not a valid object|upload-pack: .*want/i,
    what: 'the repository does not have this commit, or not any more',
    remedy: 'check code.ref; a saved plan of it has to be made anew',
  },
  {
    code: 'GIT_UNSAFE',
    says: /fsck error|in pack at|index-pack failed|invalid path|hasDot|gitmodules/i,
    what: 'git finds something in the repository that it calls broken or dangerous, and does not take it',
    remedy: 'look at what git says; git fsck in a clone of it says more',
  },
]

/** What git was told by others may hold anything; tokens stand in URLs that a configuration of git has replaced. */
const evidenceOf = (stderr: string): string =>
  sanitise(Buffer.from(stderr, 'latin1').toString('utf8'))
    .replace(/\/\/[^/\s@]*@/g, '//[secret]@')
    .replace(/(authorization:).*/gi, '$1 [secret]')
    .split('\n')
    .map((line) => line.trimEnd().slice(0, 500))
    .filter((line) => line !== '')
    .slice(-15)
    .join('\n')

export const gitFailure = (url: string, { stderr, timedOut, tooLong }: ApartAnswer, seconds: number): DeployError => {
  const evidence = evidenceOf(stderr)
  const told = { where: url, ...(evidence === '' ? {} : { evidence }) }
  if (timedOut) {
    return new DeployError('GIT_UNREACHABLE', {
      what: `git was not done with the repository within ${seconds} s`,
      ...told,
      remedy: 'run it again when the line is better; what was fetched in part is thrown away',
    })
  }
  if (tooLong) {
    return new DeployError('GIT_FAILED', {
      what: 'git has more to say of the repository than there is room for',
      ...told,
      remedy: 'deploy a folder: clone it, and write code: {folder: PATH}',
    })
  }
  const found = known.find(({ says }) => says.test(evidence))
  if (found !== undefined) {
    const { code, what, remedy } = found
    return new DeployError(code, { what, ...told, remedy })
  }
  return new DeployError('GIT_FAILED', {
    what: 'git has failed',
    ...told,
    remedy: 'try it by hand: git ls-remote, then git clone --depth 1 with the URL of code.git',
  })
}
