import type { Answer } from '../../core/command.js'
import { DeployError } from '../../errors.js'

const MISSING = /E: (Unable to locate package|Package '?) ?'?([^' \n]+)'?( has no installation candidate)?/
const LOCKED = /Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock/
const HOLDER = /^E: \S+ is held by process (\d+) \((.*)\)$/m
const UNREACHABLE =
  /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving|Unable to connect to|Some index files failed/

/** What an apt-get that failed really says. */
export const explainApt = (answer: Answer): DeployError | undefined => {
  const said = `${answer.stdout}\n${answer.stderr}`
  const evidence = said
    .split('\n')
    .filter((line) => /^(E|W|Err|dpkg):?/.test(line))
    .join('\n')
  if (LOCKED.test(said)) {
    const [, process, name] = HOLDER.exec(said) ?? []
    const who = process === undefined ? 'another program' : `${name} (process ${process})`
    return new DeployError('APT_FAILED', {
      what: `${who} has been using apt or dpkg on the host for five minutes`,
      evidence,
      remedy: 'wait until it has ended (ps aux | grep -E "apt|dpkg"), then run this again; never delete the lock files',
    })
  }
  if (UNREACHABLE.test(said)) {
    return new DeployError('APT_MIRROR_UNREACHABLE', {
      what: 'the package mirror of the host cannot be reached or read',
      evidence,
      remedy: 'check the network and /etc/apt/sources.list of the host: apt-get update must succeed there',
    })
  }
  const missing = MISSING.exec(said)
  if (missing?.[2] === undefined) return undefined
  return new DeployError('APT_PACKAGE_MISSING', {
    what: `the host's package sources have no package ${missing[2]}`,
    evidence,
    remedy: 'enable the "main" and "universe" components of bionic in /etc/apt/sources.list of the host',
  })
}
