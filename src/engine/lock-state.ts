import type { Command } from '../core/command.js'
import { runFolder } from '../core/host-paths.js'
import type { Transport } from '../transport/transport.js'
import { askProbes } from './ask.js'
import { failureOf } from './command-failure.js'
import { silentSeconds } from './keeper-script.js'
import { otherRun, type OtherRun } from './other-run.js'

export interface LockState extends Omit<OtherRun, 'last' | 'jobs'> {
  /** Seconds since the holder was heard of last. */
  readonly silent: number | undefined
}

const SILENT = `read -r now _ </proc/uptime; read -r beat <${runFolder}/beat; echo $((\${now%.*} - \${beat%.*}))`

export const lockState = async (host: Pick<Transport, 'ask'>): Promise<LockState> => {
  const other = otherRun()
  const silence = {
    ask: { sh: SILENT },
    as: 'root',
    parse: ({ stdout }: { readonly stdout: string }) => (/^\d+$/.test(stdout.trim()) ? Number(stdout) : undefined),
  } as const
  const state = (await askProbes(host, [{ other, silence }])).of({ other, silence })
  const { at, cutOff } = state.other.otherRun
  return { at, cutOff, silent: at === undefined ? undefined : state.silence }
}

/**
 * Ends a keeper that should have ended by itself, because nobody speaks to it: somebody has stopped it, or the host is
 * stuck. Only a process that shows the token of the holder is touched. The lock goes with it.
 */
const RELEASE = `d=$1; exec 9>>"$d/lock"
{ read -r token; read -r pid; } <"$d/holder" || exit 0
read -r now _ </proc/uptime; read -r beat <"$d/beat"; [ $((\${now%.*} - \${beat%.*})) -gt "$2" ] || exit 75
grep -qF "$token" "/proc/$pid/cmdline" 2>/dev/null && kill -KILL "$pid"
flock -w 5 9 && rm -f "$d/holder" "$d/beat"`

const releasing: Command = {
  argv: ['bash', '-c', RELEASE, 'bash', runFolder, String(silentSeconds)],
  as: 'root',
  label: 'end the keeper of the lock, if nobody speaks to it any more',
}

/** False: whoever has the lock is alive. */
export const releaseDead = async (transport: Transport): Promise<boolean> => {
  const answer = await transport.run(releasing)
  if (answer.exitCode !== 0 && answer.exitCode !== 75) throw failureOf(releasing, answer)
  return answer.exitCode === 0
}
