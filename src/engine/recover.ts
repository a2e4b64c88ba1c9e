import type { Command } from '../core/command.js'
import type { Emit } from '../core/event.js'
import { journalFile, runFolder } from '../core/host-paths.js'
import { DeployError } from '../errors.js'
import { checked } from './checked.js'
import { failureOf } from './command-failure.js'
import type { HeldHost } from './held-host.js'
import { holderText } from './holder.js'
import { parseJournal, type Acted, type Begun, type Journal } from './journal.js'
import { runTold } from './tell.js'
import { takeBack, undoIncomplete } from './undo.js'

export const readJournal = async (host: HeldHost): Promise<Journal> => {
  const reading: Command = { argv: ['cat', journalFile], as: 'root' }
  const answer = await host.read(reading)
  if (answer.exitCode !== 0) throw failureOf(reading, answer)
  return parseJournal(answer.stdout)
}

/** What still runs of a run that was cut off is let run: nobody can tell what a half-done apt or pip has left. */
export const waitForJobs = async (host: HeldHost, emit: Emit): Promise<void> => {
  for (const job of host.found.jobs) {
    const { stdout } = await host.read({ argv: ['cat', `${runFolder}/jobs/${job}/label`], as: 'root' })
    const what = `Wait for ${stdout.trim() || 'a command'} of a run that was cut off`
    await checked(emit, what, async () => host.attach(job))
  }
}

const cutOff = ({ run }: Journal): DeployError =>
  new DeployError('UNDO_INCOMPLETE', {
    what: `a run before this one was cut off${run === undefined ? '' : `: ${holderText(run)}`}`,
    where: journalFile,
    remedy: 'see "deploy-flask recover"',
  })

/** The service takes over what was restored; answers with what went wrong. */
const actAgain = async (host: HeldHost, { step, restore, proofs }: Acted, emit: Emit): Promise<readonly string[]> => {
  const teller = { step, emit }
  for (const command of restore) {
    const answer = await runTold(async (...given) => host.change(...given), command, teller)
    if (answer.exitCode !== 0) return [failureOf(command, answer).fault.what, answer.stderr.trim()]
  }
  for (const { title, command } of proofs) {
    const answer = await runTold(async (...given) => host.read(...given), command, teller)
    if (answer.exitCode !== 0) return [`${title}: no`, answer.stderr.trim()]
  }
  return []
}

/** Takes these changes back, and lets the service take over what was restored. */
export const takeBackCutOff = async (
  host: HeldHost,
  journal: Journal,
  begun: readonly Begun[],
  emit: Emit,
): Promise<void> => {
  const failed = await takeBack(host, begun, emit)
  const service = journal.acted === undefined ? [] : await actAgain(host, journal.acted, emit)
  if (failed.length + service.length > 0) throw undoIncomplete(cutOff(journal), [...failed, ...service])
}

/**
 * What a run that was cut off has left half done is taken back, before anything else is looked at. The next run of the
 * same site keeps what nothing refers to yet: it is answered, to be gone on with.
 */
export const recoverFor = async (host: HeldHost, site: string, emit: Emit): Promise<readonly Begun[]> => {
  await waitForJobs(host, emit)
  if (!host.found.journal) return []
  const journal = await readJournal(host)
  const kept = journal.run?.site === site ? journal.begun.filter(({ inert }) => inert) : []
  const left = journal.begun.filter((one) => !kept.includes(one))
  const whose = journal.run === undefined ? '' : ` (${holderText(journal.run)})`
  const what = left.length === 0 ? 'it goes on' : `taking back ${left.map(({ subject }) => subject).join(', ')}`
  emit({ type: 'notice', text: `a run before this one was cut off${whose}: ${what}` })
  await checked(emit, 'Take back what was cut off', async () => takeBackCutOff(host, journal, left, emit))
  if (kept.length === 0) await host.forget()
  else await host.rewriteJournal(kept)
  return kept
}
