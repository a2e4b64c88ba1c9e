import { failureOf } from './failures.js'
import { auditLine, type Ending } from '../engine/audit.js'
import type { Event } from '../core/event.js'
import type { Left } from '../engine/lock.js'
import type { Io } from '../render/out.js'
import { ourselves, type Holding } from './holding.js'
import type { Session } from './session.js'
import { version } from './version.js'

/** Hears what a run changes, and says in the end what is kept of it on the host. */
export class Heard {
  readonly #subjects: string[] = []
  /** How the site is after it, to be kept on the host. */
  left: Left | undefined

  constructor(private readonly io: Pick<Io, 'now'>) {}

  take(event: Event): void {
    if (event.type === 'step.change') this.#subjects.push(`${event.change.kind} ${event.change.subject}`)
  }

  /** `failure`: what the run was ended by. */
  ending(failure?: unknown): Ending {
    const subjects = this.#subjects
    const said = { ended: this.io.now().toISOString(), version: version(), changes: subjects.length, subjects }
    if (failure === undefined) return { ...said, outcome: 'done' }
    const [{ code }] = failureOf(failure).errors
    return { ...said, outcome: code === 'INTERRUPTED' ? 'interrupted' : 'failed', code }
  }
}

/** What is kept of a command of the site: that it began, for nobody waits for its end here. It stands in a JSON argument. */
export const begunInSite = (session: Session, command: string, site: string): unknown =>
  JSON.parse(auditLine(ourselves(session, command, site), { ...new Heard(session.io).ending(), outcome: 'started' }))

/** The lock never outlives the work; with it goes what the work has come to, where it has changed something. */
export const audited = async <T>(
  { io }: Session,
  holding: Pick<Holding, 'release'>,
  work: (heard: Heard) => Promise<T>,
): Promise<T> => {
  const heard = new Heard(io)
  try {
    const result = await work(heard)
    await holding.release(heard.ending(), heard.left)
    return result
  } catch (failure) {
    await holding.release(heard.ending(failure))
    throw failure
  }
}
