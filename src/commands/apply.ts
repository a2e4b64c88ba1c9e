import { resolve } from 'node:path'
import { isEmpty } from '../core/plan.js'
import { quote } from '../core/quote.js'
import type { Survey } from '../engine/survey.js'
import { planDocument } from '../render/plan-json.js'
import { nothingToDoText, summaryText } from '../render/summary.js'
import { Tally } from '../render/tally.js'
import { mustBeApprovable } from './approvable.js'
import { refuse } from './failures.js'
import { checkInputs, checkMachine, checkState } from './freshness.js'
import { Holding } from './holding.js'
import { onHost, type Look } from './look.js'
import type { ApplyOptions } from './options.js'
import type { PlanFile } from './plan-file.js'
import { reportOf, urlOf } from './report.js'
import type { Session } from './session.js'
import { givenSettings, isAboutTheWay } from './settings.js'
import type { Target, Wanted } from './target.js'
import { usage } from './usage.js'

/** A saved plan was made from settings that it remembers; what variables say today is not among them. */
const wantedBy = async (session: Session, options: ApplyOptions, saved: PlanFile | undefined): Promise<Wanted> => {
  if (saved === undefined) {
    const playbook = options.playbook === undefined ? undefined : resolve(session.io.cwd, options.playbook)
    return { file: options.file, playbook, overrides: await givenSettings(session), time: session.io.now() }
  }
  const { settings } = options
  const overrides =
    settings.size === 0 ? [] : await session.services.overrides({ ...session.io, options: settings, env: {} })
  const other = overrides.find((one) => !isAboutTheWay(one))
  if (other !== undefined) {
    throw usage(
      `${other.origin} would change what the saved plan says`,
      'make a plan with that option: deploy-flask plan --out PLANFILE',
    )
  }
  const { flagsFile: file, playbook, origin: planned } = saved
  return { file, playbook, overrides: [...saved.overrides, ...overrides], time: new Date(saved.time), planned }
}

const readSaved = async (path: string): Promise<PlanFile> => (await import('./plan-file.js')).readPlanFile(path)

/** Brings the host to what the flags file wants: by a plan that is shown and asked about, or by one that was saved. */
export const apply = async (session: Session, planFile: string | undefined, options: ApplyOptions): Promise<number> => {
  const { io } = session
  if (planFile !== undefined && options.file !== undefined) {
    throw usage('a plan file names its flags file itself', 'leave out either the plan file or -f')
  }
  if (planFile !== undefined && options.playbook !== undefined) {
    throw usage('a plan file names its playbook itself', 'leave out either the plan file or --playbook')
  }
  mustBeApprovable(session, options, planFile !== undefined)
  const saved = planFile === undefined ? undefined : await readSaved(resolve(io.cwd, planFile))
  const work = (look: Look): Promise<number> => {
    const { survey } = look
    if (saved !== undefined) checkMachine(saved, survey)
    const check = saved === undefined ? undefined : (now: Survey) => checkState(saved, now)
    return bringThere(session, options, look, check)
  }
  const check = saved === undefined ? undefined : ({ inputs }: Target) => checkInputs(saved, inputs)
  return onHost(session, await wantedBy(session, options, saved), work, check)
}

/**
 * Takes back first what a run has left that was cut off. Then shows the plan, asks unless there is something by which it
 * is approved already (`check` throws when it is not), and does it.
 */
export const bringThere = async (
  session: Session,
  options: ApplyOptions,
  look: Look,
  check?: (survey: Survey) => void,
): Promise<number> => {
  const holding = new Holding(session, options, look, `apply${again(look.target)}`)
  try {
    const { survey } = await holding.settle()
    refuse(survey.refusals)
    check?.(survey)
    return await bring(session, options, { ...look, survey }, { holding, approved: check !== undefined })
  } finally {
    await holding.release()
  }
}

const bring = async (
  session: Session,
  options: ApplyOptions,
  look: Look,
  { holding, approved }: { readonly holding: Holding; readonly approved: boolean },
): Promise<number> => {
  const { target, transport, survey } = look
  const document = planDocument(transport.target, target.site.name, survey, target.origin)
  session.document({ type: 'plan', plan: document })
  if (isEmpty(survey.plan)) {
    await holding.letGo()
    return nothingToDo(session, look)
  }
  if (options.dryRun === true) return onlyShow(session, survey)
  const { approve } = await import('./approve.js')
  await approve(session, options, { plan: survey.plan, host: transport.target, approved })
  return change(session, options, look.target, holding)
}

/** How the same is said again. */
const again = ({ file }: Target): string => (file === undefined ? '' : ` -f ${quote(file)}`)

const nothingToDo = (session: Session, { target, transport, survey }: Look): number => {
  const { io, options, emit, colours } = session
  const { milliseconds } = survey
  const [host, url] = [transport.target, urlOf(target.site)]
  emit({ type: 'run.done', changes: 0, milliseconds })
  session.document({ type: 'result', host, site: target.site.name, url, changes: 0, milliseconds })
  const summary = { host, url, milliseconds }
  if (options.json !== true) io.stdout.write(nothingToDoText(summary, colours.result))
  return 0
}

const onlyShow = async ({ io, options, colours }: Session, { plan }: Survey): Promise<number> => {
  const { planText } = await import('../render/plan-text.js')
  const look = { colours: colours.result, commands: options.verbose === true }
  if (options.json !== true) io.stdout.write(planText(plan, look))
  return 0
}

const change = async (session: Session, options: ApplyOptions, target: Target, holding: Holding): Promise<number> => {
  const { io, services, interrupts, emit, colours } = session
  const tally = new Tally()
  await session.ready()
  const held = await holding.take()
  const outcome = await interrupts.whileApplying(() =>
    services.apply({
      host: held,
      phases: target.phases,
      ...holding.settled,
      confirmed: options.yes === true,
      signal: interrupts.signal,
      emit: (event) => {
        tally.take(event)
        emit(event)
      },
    }),
  )
  const host = held.target
  const { changes, milliseconds } = outcome
  const url = urlOf(target.site)
  const report = reportOf(target.site, outcome.proof)
  session.document({ type: 'result', host, site: target.site.name, url, changes, milliseconds, report })
  if (options.json !== true) {
    const { phases } = tally
    const summary = { host, changes, milliseconds, phases, url, report, again: again(target) }
    io.stdout.write(summaryText(summary, colours.result))
  }
  return 0
}
