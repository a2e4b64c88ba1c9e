import { resolve } from 'node:path'
import type { Survey } from '../engine/survey.js'
import { mustBeApprovable } from './approvable.js'
import { checkInputs, checkMachine, checkState } from './freshness.js'
import { bringThere } from './bring.js'
import { onHost, type Look } from './look.js'
import type { ApplyOptions } from './options.js'
import type { PlanFile } from './plan-file.js'
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
  const work = (look: Look<Target>): Promise<number> => {
    const { survey } = look
    if (saved !== undefined) checkMachine(saved, survey)
    const check = saved === undefined ? undefined : (now: Survey) => checkState(saved, now)
    return bringThere(session, options, look, {
      verb: 'apply',
      remembers: true,
      ...(check === undefined ? {} : { check }),
    })
  }
  const check = saved === undefined ? undefined : ({ inputs }: Target) => checkInputs(saved, inputs)
  return onHost(session, await wantedBy(session, options, saved), work, check)
}
