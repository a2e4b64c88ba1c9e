import { hostname, userInfo } from 'node:os'
import type { Waiting } from '../core/progress.js'
import type { Ending } from '../engine/audit.js'
import type { HeldHost } from '../engine/held-host.js'
import { lockedBy, type Holder } from '../engine/holder.js'
import type { Begun } from '../engine/journal.js'
import { silentSeconds } from '../engine/keeper-script.js'
import type { Left, LockRequest } from '../engine/lock.js'
import { overLoss } from '../engine/over-loss.js'
import type { Survey } from '../engine/survey.js'
import { changedMeanwhile } from './changed-meanwhile.js'
import { surveyOf, type Look } from './look.js'
import { refuse } from './failures.js'
import type { ApplyOptions } from './options.js'
import { tellOfOthers } from './others.js'
import type { Session } from './session.js'

const login = (): string => {
  try {
    return userInfo().username
  } catch {
    return 'somebody'
  }
}

/** Who we are, for those who wait; the host adds where the connection comes from. */
export const ourselves = ({ io }: Session, command: string, site: string): Holder => ({
  who: `${login()}@${hostname()}`.slice(0, 200),
  from: '',
  since: io.now().toISOString(),
  command: command.slice(0, 200),
  site,
})

/** Told at once, after 10, 20 and 30 seconds, then every 30. */
const isWorthTelling = (seconds: number): boolean => seconds % 30 === 0 || seconds === 10 || seconds === 20

export const lockRequest = ({ emit }: Session, holder: Holder, seconds: number): LockRequest => ({
  holder,
  seconds,
  onWaiting: ({ for: what, holder: other, seconds: waited }: Waiting) => {
    if (isWorthTelling(waited)) emit({ type: 'notice', text: `waiting for ${what} for ${waited} s: ${other}` })
  },
})

/** What is known of the host once this run may change it. */
export interface Settled {
  readonly survey: Survey
  /** Begun by a run that was cut off, and gone on with. */
  readonly adopted: readonly Begun[]
}

/** The lock of the host, taken when it is needed: a run that has nothing to do leaves it alone. */
export class Holding {
  #host: HeldHost | undefined
  #settled: Settled

  constructor(
    private readonly session: Session,
    private readonly options: Pick<ApplyOptions, 'lockWait' | 'dryRun' | 'yes'>,
    private readonly look: Look,
    private readonly command: string,
  ) {
    this.#settled = { survey: look.survey, adopted: [] }
  }

  get settled(): Settled {
    return this.#settled
  }

  /** Waits for another run, or refuses; takes back what a run has left that was cut off. */
  async settle(): Promise<Settled> {
    const { otherRun } = this.look.survey
    const isLeft = otherRun.cutOff !== undefined || otherRun.jobs
    if (this.options.dryRun === true) {
      tellOfOthers(this.session, this.look.survey)
      return this.#settled
    }
    if (otherRun.at !== undefined && (this.options.lockWait ?? 0) === 0) throw lockedBy(otherRun.at)
    if (isLeft || otherRun.at !== undefined) await this.#recover(await this.#take())
    return this.#settled
  }

  /**
   * The host, to be changed. What was seen of it before may be over when another run was there since: then everything is
   * looked at again, where nobody has to agree to it.
   */
  async take(): Promise<HeldHost> {
    if (this.#host !== undefined) return this.#host
    const host = await this.#take()
    const { last, journal, jobs } = host.found
    if (last === this.#settled.survey.otherRun.last && !journal && jobs.length === 0) return host
    if (this.options.yes !== true) throw changedMeanwhile()
    await this.#recover(host)
    refuse(this.#settled.survey.refusals)
    return host
  }

  /** There is nothing left to do: what was gone on with has passed. */
  async letGo(): Promise<void> {
    if (this.#settled.adopted.length > 0) await this.#host?.forget()
  }

  /** `ending`: what the run has come to, where it was here to change something; `left`: how the site is now. */
  async release(ending?: Ending, left?: Left): Promise<void> {
    await this.#host?.release(ending, left)
  }

  async #take(): Promise<HeldHost> {
    const { session, look, options } = this
    const holder = ourselves(session, this.command, look.target.site.name)
    let seconds = options.lockWait ?? 0
    const hold = async (): Promise<HeldHost> => {
      const request = lockRequest(session, holder, seconds)
      // over a new line: the old one may still keep the lock, for as long as the host takes to notice its end
      seconds = Math.max(seconds, 2 * silentSeconds)
      return session.services.hold(look.transport, request, session.emit)
    }
    this.#host = await overLoss(look.transport, hold)
    return this.#host
  }

  async #recover(host: HeldHost): Promise<void> {
    const { session, look } = this
    const { services, interrupts, emit } = session
    const adopted = await interrupts.whileApplying(() => services.recover(host, look.target.site.name, emit))
    this.#settled = { survey: await surveyOf(session, look.target, host), adopted }
  }
}
