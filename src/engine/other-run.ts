import { journalFile, runFolder } from '../core/host-paths.js'
import type { Probe } from '../core/probe.js'
import { holder, type Holder } from './holder.js'
import { parseJournal } from './journal.js'

/** What is seen of other runs on the host, before the lock is taken. */
export interface OtherRun {
  /** Known by what the run that had the lock last was; empty after a start of the host. */
  readonly last: string
  /** Whose run is at work now; null: one that does not say. */
  readonly at: Holder | null | undefined
  /** Whose run was cut off, and has left something to be taken back; null: nobody can tell whose. */
  readonly cutOff: Holder | null | undefined
  /** Commands of runs that were cut off still run, or have just ended. */
  readonly jobs: boolean
}

/** Bash alone, but for the one process that tries the lock where somebody has written that he holds it. */
const ASK = `d=${runFolder}; token=; at=; jobs=; cut=
read -r token <$d/run/token
if [ -e $d/holder ] && ! flock -n $d/lock true; then { read -r _; read -r _; read -r at; } <$d/holder; at=\${at:-null}; fi
for job in $d/jobs/*; do [ -e "$job/script" ] && jobs=yes; done
if [ -e ${journalFile} ]; then read -r cut <${journalFile}; cut=\${cut:-null}; fi
printf '%s\\n' "$token" "$at" "$jobs" "$cut"`

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const holderIn = (text: string): Holder | null | undefined => {
  if (text === '') return undefined
  const read = holder.safeParse(parsed(text))
  return read.success ? read.data : null
}

const runIn = (line: string): Holder | null | undefined => {
  if (line === '') return undefined
  try {
    return parseJournal(`${line}\n`).run ?? null
  } catch {
    return null
  }
}

export const otherRun = (): Probe<{ readonly otherRun: OtherRun }> => ({
  ask: { sh: ASK },
  as: 'root',
  parse: ({ stdout }) => {
    const [last = '', at = '', jobs = '', cutOff = ''] = stdout.split('\n')
    return { otherRun: { last: last.slice(0, 100), at: holderIn(at), cutOff: runIn(cutOff), jobs: jobs === 'yes' } }
  },
})
