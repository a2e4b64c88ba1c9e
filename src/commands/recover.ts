import type { Journal } from '../engine/journal.js'
import { holderText } from '../engine/holder.js'
import { visible } from '../core/sanitise.js'
import { commandText } from '../render/command-text.js'
import { connected } from './connected.js'
import { declined } from './declined.js'
import { lockRequest, ourselves } from './holding.js'
import type { RecoverOptions } from './options.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

/** Shows what a run has left that was cut off, and takes it back, all of it; or, with --discard, lets go of it. */
export const recover = async (session: Session, options: RecoverOptions): Promise<number> => {
  const { io } = session
  if (options.discard === true && options.dryRun === true) {
    throw usage('--discard has nothing to show', 'leave out either --discard or --dry-run')
  }
  if (options.yes !== true && options.dryRun !== true && !io.interactive) {
    throw usage('there is no terminal to ask on', 'add --yes, or --dry-run to see what there is')
  }
  return connected(session, options, async ({ transport, site }) => {
    const { services, emit } = session
    const holder = ourselves(session, `recover${options.discard === true ? ' --discard' : ''}`, site)
    const host = await services.hold(transport, lockRequest(session, holder, options.lockWait ?? 0), emit)
    try {
      const engine = await import('../engine/recover.js')
      await engine.waitForJobs(host, emit)
      if (!host.found.journal) {
        io.stdout.write(`nothing was left half done on ${visible(host.target)}\n`)
        return 0
      }
      if (options.discard === true) return await discard(session, options, host.target, async () => host.forget())
      const journal = await engine.readJournal(host)
      io.stdout.write(journalText(journal, options.verbose === true))
      if (options.dryRun === true) return 0
      if (options.yes !== true && !(await services.confirm('Take all of this back?'))) throw declined()
      await session.interrupts.whileApplying(async () => {
        await engine.takeBackCutOff(host, journal, journal.begun, emit)
        await host.forget()
      })
      io.stdout.write('taken back\n')
      return 0
    } finally {
      await host.release()
    }
  })
}

const discard = async (
  { io, services }: Session,
  options: RecoverOptions,
  host: string,
  forget: () => Promise<void>,
): Promise<number> => {
  const question = `Let go of what was noted on ${visible(host)}? Nothing is taken back, and replaced files are removed`
  if (options.yes !== true && !(await services.confirm(question))) throw declined()
  await forget()
  io.stdout.write('let go of: nothing was taken back\n')
  return 0
}

const journalText = ({ run, begun, acted }: Journal, verbose: boolean): string =>
  [
    `a run was cut off${run === undefined ? '' : `: ${visible(holderText(run))}`}`,
    'to be taken back, in this order:',
    ...begun
      .toReversed()
      .flatMap(({ subject, undo }) => [
        `  ${visible(subject)}`,
        ...(verbose ? undo.map((command) => `    ${visible(commandText(command))}`) : []),
      ]),
    ...(acted === undefined ? [] : [`then again: ${visible(acted.subject)}`]),
    '',
  ].join('\n')
