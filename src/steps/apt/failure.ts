import type { Answer } from '../../core/command.js'
import { DeployError, type ErrorCode } from '../../errors.js'

const MISSING = /E: (Unable to locate package|Package '?) ?'?([^' \n]+)'?( has no installation candidate)?/

/** What apt and dpkg say, and what it means; the first that matches wins. */
const known: readonly { sign: RegExp; code: ErrorCode; what: string; remedy: string }[] = [
  {
    sign: /Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock/,
    code: 'APT_LOCKED',
    what: 'another program has been using apt or dpkg on the host for five minutes',
    remedy: 'wait until it has ended (ps aux | grep -E "apt|dpkg"), then run this again; never delete the lock files',
  },
  {
    sign: /dpkg was interrupted/,
    code: 'DPKG_INTERRUPTED',
    what: 'an earlier installation on the host was interrupted, and dpkg waits for its repair',
    remedy: 'run on the host as root: dpkg --configure -a; then run this again',
  },
  {
    sign: /NO_PUBKEY|EXPKEYSIG|BADSIG|is not signed|Hash Sum mismatch|is not valid yet|is expired|couldn't be verified/,
    code: 'APT_UNTRUSTED',
    what: 'apt on the host does not trust what its package mirror sent',
    remedy: 'check the clock of the host (date), then run apt-get update there: it names the key or the file',
  },
  {
    sign: /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving|Unable to connect to|Some index files failed/,
    code: 'APT_MIRROR_UNREACHABLE',
    what: 'the package mirror of the host cannot be reached or read',
    remedy: 'check the network and /etc/apt/sources.list of the host: apt-get update must succeed there',
  },
  {
    sign: /have unmet dependencies|held broken packages|Unmet dependencies|unmet dependencies/,
    code: 'APT_DEPENDENCIES',
    what: 'the packages of the host do not fit together: apt cannot install what is needed',
    remedy: 'look on the host: apt-get -f install, and apt-mark showhold for packages that are held back',
  },
]

const aptFailed = (evidence: string): DeployError =>
  new DeployError('APT_FAILED', {
    what: 'apt-get failed on the host',
    evidence,
    remedy: 'the lines above say why; repair it on the host until apt-get -f install succeeds, then run this again',
  })

const HOLDER = /^E: \S+ is held by process (\d+) \((.*)\)$/m

/** Who it is is known where we waited ourselves. */
const whoLocks = (said: string): string | undefined => {
  const [, process, name] = HOLDER.exec(said) ?? []
  return process === undefined
    ? undefined
    : `${name} (process ${process}) has been using apt or dpkg on the host for five minutes`
}

/** What an apt-get that failed really says. */
export const explainApt = (answer: Answer): DeployError | undefined => {
  const said = `${answer.stdout}\n${answer.stderr}`
  const evidence = said
    .split('\n')
    .filter((line) => /^(E|W|Err|dpkg):?/.test(line))
    .join('\n')
  const found = known.find(({ sign }) => sign.test(said))
  if (found !== undefined) {
    const what = (found.code === 'APT_LOCKED' ? whoLocks(said) : undefined) ?? found.what
    return new DeployError(found.code, { what, evidence, remedy: found.remedy })
  }
  const missing = MISSING.exec(said)
  if (missing?.[2] === undefined) return evidence === '' ? undefined : aptFailed(evidence)
  return new DeployError('APT_PACKAGE_MISSING', {
    what: `the host's package sources have no package ${missing[2]}`,
    evidence,
    remedy: 'enable the "main" and "universe" components of bionic in /etc/apt/sources.list of the host',
  })
}
