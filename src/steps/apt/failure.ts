import type { Answer } from '../../core/command.js'
import { DeployError, type ErrorCode } from '../../errors.js'

/** What apt or dpkg says, and what it means. */
interface Known {
  readonly sign: RegExp
  readonly code: ErrorCode
  /** With the groups of the sign, the address of the mirror and the package that are spoken of. */
  readonly what: (groups: readonly string[], about: About) => string
  readonly remedy: string
}

interface About {
  readonly mirror: string
  /** ` of the package NAME`, or nothing. */
  readonly ofPackage: string
}

const again = 'then run this again'

const byDpkg: readonly Known[] = [
  {
    sign: /^E: \S+ is held by process (\d+) \((.*)\), waited for (\d+) s$/m,
    code: 'APT_LOCKED',
    what: ([process, name, seconds]) =>
      `${name} (process ${process}) has been using apt or dpkg on the host for more than ${seconds} s`,
    remedy: `wait until it has ended (ps axf), ${again}; never delete the lock files`,
  },
  {
    sign: /Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock|is locked by another process/,
    code: 'APT_LOCKED',
    what: () => 'another program has been using apt or dpkg on the host all the time',
    remedy: `wait until it has ended (ps axf), ${again}; never delete the lock files`,
  },
  {
    sign: /dpkg was interrupted|dpkg --configure -a has failed/,
    code: 'DPKG_INTERRUPTED',
    what: (_, { ofPackage }) =>
      `an earlier installation${ofPackage} on the host was interrupted, and dpkg cannot finish it`,
    remedy: `run on the host as root: dpkg --configure -a; when that succeeds, ${again.slice(5)}`,
  },
  {
    sign: /^E: the installation of (\S+) has said nothing for (\d+) seconds|^E: apt-get has said nothing for (\d+)/m,
    code: 'APT_STALLED',
    what: ([name, seconds, silent = '']) =>
      name === undefined
        ? `apt-get has said nothing for ${silent} s`
        : `the installation of the package ${name} hangs: it has said nothing for ${seconds ?? ''} s`,
    remedy: 'run on the host: dpkg --configure -a; where it only is slow, raise apt.stall-seconds in the flags file',
  },
  {
    sign: /^E: Package (\S+) is pinned/m,
    code: 'APT_HELD',
    what: ([name]) => `the package ${name} is pinned: a file of preferences on the host forbids all of its versions`,
    remedy: 'look there at apt-cache policy and /etc/apt/preferences.d; a pin is never removed for you',
  },
  {
    sign: /Held packages were changed|^E: On hold: (?!nothing)(.+)$/m,
    code: 'APT_HELD',
    what: ([held]) =>
      `packages of the host are on hold, and what is needed would change them: ${held ?? 'apt names them'}`,
    remedy: 'look there at apt-mark showhold; a hold is never removed for you',
  },
  {
    sign: /dpkg: error processing (?:package|archive) (\S+) \(--?[\w-]+\):\n\s*(.*)/,
    code: 'APT_FAILED',
    what: ([file = '', why]) =>
      `the package ${file.replace(/^.*\//, '')} of the host cannot be installed or configured: ${why}`,
    remedy: `repair it on the host until dpkg --configure -a succeeds, ${again}`,
  },
  {
    sign: /The package (\S+) needs to be reinstalled/,
    code: 'APT_FAILED',
    what: ([name]) => `the package ${name} of the host is half installed, and has to be installed anew`,
    remedy: 'install it there by hand, or remove it: dpkg --remove --force-remove-reinstreq; it is not one of ours',
  },
]

const byMirror: readonly Known[] = [
  {
    sign: /is not valid yet|is expired/,
    code: 'APT_RELEASE_DATE',
    what: (_, { mirror }) => `by the clock of the host the list of the mirror${mirror} is too old, or from the future`,
    remedy: 'set the clock of the host (timedatectl); if it is right, the mirror is no longer kept up to date',
  },
  {
    sign: /does the network require authentication|Clearsigned file isn't valid/,
    code: 'APT_MIRROR_BROKEN',
    what: (_, { mirror }) => `something else answers in place of the package mirror${mirror}: what it sends is no list`,
    remedy: 'log in to the network of the host, or set its proxy (/etc/apt/apt.conf.d): apt-get update must succeed',
  },
  {
    sign: /Hash Sum mismatch|File has unexpected size/,
    code: 'APT_UNTRUSTED',
    what: (_, { mirror }) => `the package mirror${mirror} sent another file than its signed list promises`,
    remedy: 'a mirror in the middle of an update is whole again soon; a proxy that changes files is not: try another',
  },
  {
    sign: /NO_PUBKEY|EXPKEYSIG|BADSIG|is not signed|no longer signed|couldn't be verified|cannot be authenticated/,
    code: 'APT_UNTRUSTED',
    what: (_, { mirror }) => `apt on the host does not trust the signature of its package mirror${mirror}`,
    remedy: 'run apt-get update on the host: it names the key; nothing is ever installed unsigned',
  },
  {
    sign: /Redirection loop encountered/,
    code: 'APT_MIRROR_BROKEN',
    what: (_, { mirror }) => `the package mirror${mirror} redirects without end`,
    remedy: 'name another mirror in /etc/apt/sources.list of the host: apt-get update must succeed there',
  },
  {
    sign: /Connection cut (\d+) times|Remote end closed connection|Connection reset by peer|Connection failed/,
    code: 'APT_MIRROR_BROKEN',
    what: ([times], { mirror }) =>
      `the package mirror${mirror} closes the connection in the middle of a file${times === undefined ? '' : `, ${times} times`}`,
    remedy: 'run this again later, or name another mirror in /etc/apt/sources.list of the host',
  },
  {
    sign: /^ {2}([45]\d\d {2}[^[\n]+)|Failed to fetch \S+ {2}([45]\d\d {2}[^[\n]+)/m,
    code: 'APT_MIRROR_BROKEN',
    what: ([listed, fetched], { mirror }) =>
      `the package mirror${mirror} answers with an error: ${(listed ?? fetched ?? '').trim().replace(/ {2}/, ' ')}`,
    remedy: 'name a mirror that carries bionic in /etc/apt/sources.list of the host: apt-get update must succeed there',
  },
  {
    sign: /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving|Unable to connect to|Some index files failed/,
    code: 'APT_MIRROR_UNREACHABLE',
    what: (_, { mirror }) => `the package mirror${mirror} cannot be reached from the host`,
    remedy: 'check the network and /etc/apt/sources.list of the host: apt-get update must succeed there',
  },
  {
    sign: /have unmet dependencies|held broken packages|[Uu]nmet dependencies/,
    code: 'APT_DEPENDENCIES',
    what: () => 'the packages of the host do not fit together: apt cannot install what is needed',
    remedy: 'look on the host: apt-get -f install, and apt-mark showhold for packages that are held back',
  },
  {
    sign: /E: (?:Unable to locate package|Package) '?([^' \n]+)'?(?: has no installation candidate)?/,
    code: 'APT_PACKAGE_MISSING',
    what: ([name]) => `the host's package sources have no package ${name}`,
    remedy: 'enable the "main" and "universe" components of bionic in /etc/apt/sources.list of the host',
  },
]

/** A password that stands in the address of a mirror. */
const withoutPasswords = (text: string): string => text.replace(/(:\/\/)[^/@\s]+@/g, '$1')

/** The lines that apt and dpkg call errors and warnings, with those that belong to them. */
const evidenceOf = (said: string): string => {
  const lines = said.split('\n')
  const isError = (line = ''): boolean => /^(E|W|Err|dpkg):?/.test(line)
  const follows = (at: number): boolean => /^ /.test(lines[at] ?? '') && /^(Err:|dpkg: error)/.test(lines[at - 1] ?? '')
  return lines.filter((line, at) => isError(line) || follows(at)).join('\n')
}

const aboutOf = (said: string): About => {
  const [, mirror] =
    /(?:Failed to fetch|repository '|Release file for|GPG error:|Err:\d+) ?(https?:\/\/[^/\s']+)/.exec(said) ?? []
  const [, name] = /dpkg: error processing package (\S+)/.exec(said) ?? []
  return {
    mirror: mirror === undefined ? '' : ` ${mirror}`,
    ofPackage: name === undefined ? '' : ` of the package ${name}`,
  }
}

/** What an apt-get that failed really says. The first sign that is there wins. */
export const explainApt = (answer: Answer): DeployError | undefined => {
  const said = withoutPasswords(`${answer.stdout}\n${answer.stderr}`)
  const evidence = evidenceOf(said)
  for (const { sign, code, what, remedy } of [...byDpkg, ...byMirror]) {
    const found = sign.exec(said)
    if (found !== null) return new DeployError(code, { what: what(found.slice(1), aboutOf(said)), evidence, remedy })
  }
  if (evidence === '') return undefined
  return new DeployError('APT_FAILED', {
    what: 'apt-get failed on the host',
    evidence,
    remedy: 'the lines above say why; repair it on the host until apt-get -f install succeeds, then run this again',
  })
}
