import { isEmpty } from '../core/plan.js'
import { quote } from '../core/quote.js'
import { siteUrl } from '../core/site-url.js'
import { asLeftText } from '../engine/as-left.js'
import type { Survey } from '../engine/survey.js'
import { planDocument } from '../render/plan-json.js'
import { keptText, nothingToDoText, removedText, summaryText } from '../render/summary.js'
import { Tally } from '../render/tally.js'
import { audited, type Heard } from './audited.js'
import { refuse } from './failures.js'
import { Holding } from './holding.js'
import type { Look } from './look.js'
import type { ApplyOptions } from './options.js'
import { reportOf } from './report.js'
import type { Session } from './session.js'
import type { Aim } from './target.js'
import { version } from './version.js'

interface Bringing {
  /** What was typed: `apply`. */
  readonly verb: string
  /** Of what is approved already: throws where the host is not as it was then. */
  readonly check?: (survey: Survey) => void
  /** There is no site any more in the end that could be asked, or looked at. */
  readonly removes?: boolean
  /** All of the site is looked at: whoever asks later what was changed since goes by it. */
  readonly remembers?: boolean
}

/**
 * Takes back first what a run has left that was cut off. Then shows the plan, asks unless it is approved already,
 * and does it.
 */
export const bringThere = async (
  session: Session,
  options: ApplyOptions,
  look: Look,
  { verb, check, removes = false, remembers = false }: Bringing,
): Promise<number> => {
  const holding = new Holding(session, options, look, `${verb}${again(look.target)}`)
  return audited(session, holding, async (heard) => {
    const { survey } = await holding.settle()
    refuse(survey.refusals)
    check?.(survey)
    const how = { holding, heard, approved: check !== undefined, removes, remembers }
    return bring(session, options, { ...look, survey }, how)
  })
}

interface Approved {
  readonly holding: Holding
  readonly heard: Heard
  readonly approved: boolean
  readonly removes: boolean
  readonly remembers: boolean
}

const bring = async (
  session: Session,
  options: ApplyOptions,
  look: Look,
  { approved, ...how }: Approved,
): Promise<number> => {
  const { target, transport, survey } = look
  const document = planDocument(transport.target, target.site.name, survey, target.origin)
  session.document({ type: 'plan', plan: document })
  if (isEmpty(survey.plan)) {
    await how.holding.letGo()
    return nothingToDo(session, look)
  }
  if (options.dryRun === true) return onlyShow(session, survey)
  const { approve } = await import('./approve.js')
  await approve(session, options, { survey, host: transport.target, approved })
  return change(session, options, look.target, how)
}

/** How the same is said again. */
const again = ({ file }: Aim): string => (file === undefined ? '' : ` -f ${quote(file)}`)

const nothingToDo = (session: Session, { target, transport, survey }: Look): number => {
  const { io, options, emit, colours } = session
  const { milliseconds } = survey
  const [host, url] = [transport.target, siteUrl(target.site)]
  emit({ type: 'run.done', changes: 0, milliseconds })
  session.document({ type: 'result', host, site: target.site.name, url, changes: 0, milliseconds })
  const summary = { host, url, milliseconds }
  if (options.json !== true) io.stdout.write(nothingToDoText(summary, colours.result))
  return 0
}

const onlyShow = async ({ io, options, colours }: Session, { plan, kept }: Survey): Promise<number> => {
  const { planText } = await import('../render/plan-text.js')
  const look = { colours: colours.result, commands: options.verbose === true }
  if (options.json !== true) io.stdout.write(planText(plan, look) + keptText(kept, look.colours))
  return 0
}

const change = async (
  session: Session,
  options: ApplyOptions,
  target: Aim,
  { holding, heard, removes, remembers }: Omit<Approved, 'approved'>,
): Promise<number> => {
  const { io, services, interrupts, emit, colours } = session
  const tally = new Tally()
  await session.ready()
  const held = await holding.take()
  const { kept } = holding.settled.survey
  const outcome = await interrupts.whileApplying(() =>
    services.apply({
      host: held,
      phases: target.phases,
      ...holding.settled,
      confirmed: options.yes === true,
      signal: interrupts.signal,
      emit: (event) => {
        tally.take(event)
        heard.take(event)
        emit(event)
      },
    }),
  )
  const { state } = outcome
  if (remembers && state !== undefined) {
    heard.left = { site: target.site.name, text: asLeftText(state, { at: io.now(), version: version() }) }
  }
  const host = held.target
  const { changes, milliseconds } = outcome
  const url = siteUrl(target.site)
  const report = reportOf(target.site, outcome.proof)
  const said = kept.length === 0 ? {} : { kept }
  session.document({ type: 'result', host, site: target.site.name, url, changes, milliseconds, report, ...said })
  if (options.json !== true) {
    const { phases } = tally
    const summary = { host, changes, milliseconds, phases, url, report, again: again(target) }
    io.stdout.write(removes ? removedText({ ...summary, kept }, colours.result) : summaryText(summary, colours.result))
  }
  return 0
}
