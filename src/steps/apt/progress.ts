import type { ProgressReader, Progress, ReadLine, Notice, Waiting } from '../../core/progress.js'

/**
 * What apt-get writes to APT::Status-Fd (apt: README.progress-reporting), and what our own script writes:
 * `waiting:SECONDS:PROCESS:WHAT:NAME` while somebody else holds the lock WHAT, or is at work; `repair:begins` and
 * `repair:done:PACKAGES`. A name may hold anything, colons too, hence it is the last. `unpacked:`, when all files of all
 * packages are there, and the host has room for something else beside dpkg, which configures them.
 */
const OWN = /^(?:dlstatus|pmstatus|pmerror|pmconffile|media-change|waiting|repair|unpacked):/

const STATUS = /^(dlstatus|pmstatus|pmerror):([^:]*):\s*(\d{1,3}(?:\.\d*)?):(.*)$/
const WAITING = /^waiting:(\d{1,6}):(\d{0,10}):([^:]*):(.*)$/
const REPAIR = /^repair:(?:begins|done:(.*))$/

const longest = 200

const readStatus = ([, kind, name = '', percent, text = '']: RegExpExecArray): Progress => ({
  what: (kind === 'pmerror' ? `${name}: ${text}` : text).slice(0, longest),
  percent: Math.min(100, Number(percent)),
})

const readWaiting = ([, seconds, process = '', what = '', name = '']: RegExpExecArray): Waiting => ({
  for: (what.startsWith('/') ? `the lock ${what}` : what).slice(0, longest),
  holder: process === '' ? '' : `${name.slice(0, longest)} (process ${process})`,
  seconds: Number(seconds),
})

const readRepair = ([, packages]: RegExpExecArray): Notice => {
  if (packages === undefined)
    return { notice: 'dpkg was interrupted here some time ago: it finishes that first (dpkg --configure -a)' }
  const names = packages === '' ? '' : `: ${packages.slice(0, longest)}`
  return { notice: `dpkg has finished what was interrupted${names}` }
}

const read: ReadLine = (line) => {
  if (line === 'unpacked:') return { ready: true }
  const status = STATUS.exec(line)
  if (status !== null) return readStatus(status)
  const waiting = WAITING.exec(line)
  if (waiting !== null) return readWaiting(waiting)
  const repair = REPAIR.exec(line)
  return repair === null ? undefined : readRepair(repair)
}

/** How far apt-get is, who keeps it waiting, and what it repairs. */
export const aptProgress: ProgressReader = { stream: 'stderr', isOwn: (line) => OWN.test(line), open: () => read }
