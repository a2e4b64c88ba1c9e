import type { Progress, ProgressReader, Waiting } from '../../core/progress.js'

/**
 * What apt-get writes to APT::Status-Fd (apt: README.progress-reporting), and `waiting:SECONDS:PROCESS:FILE:NAME`, which
 * our own script writes while somebody else holds a lock. A name may hold anything, colons too, hence it is the last.
 */
const OWN = /^(?:dlstatus|pmstatus|pmerror|pmconffile|media-change|waiting):/

const STATUS = /^(dlstatus|pmstatus|pmerror):([^:]*):\s*(\d{1,3}(?:\.\d*)?):(.*)$/
const WAITING = /^waiting:(\d{1,6}):(\d{0,10}):([^:]*):(.*)$/

const longest = 200

const readStatus = ([, kind, name = '', percent, text = '']: RegExpExecArray): Progress => ({
  what: (kind === 'pmerror' ? `${name}: ${text}` : text).slice(0, longest),
  percent: Math.min(100, Number(percent)),
})

const readWaiting = ([, seconds, process = '', file = '', name = '']: RegExpExecArray): Waiting => ({
  for: `the lock ${file}`.slice(0, longest),
  holder: process === '' ? '' : `${name.slice(0, longest)} (process ${process})`,
  seconds: Number(seconds),
})

const read = (line: string): Progress | Waiting | undefined => {
  const status = STATUS.exec(line)
  if (status !== null) return readStatus(status)
  const waiting = WAITING.exec(line)
  return waiting === null ? undefined : readWaiting(waiting)
}

/** How far apt-get is, and who keeps it waiting. */
export const aptProgress: ProgressReader = { stream: 'stderr', isOwn: (line) => OWN.test(line), open: () => read }
