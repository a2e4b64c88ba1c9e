import type { Survey } from '../engine/survey.js'
import { DeployError } from '../errors.js'
import { phaseDocuments } from '../render/plan-json.js'
import { changedInputs, type Inputs } from './inputs.js'
import type { PlanFile } from './plan-file.js'

const stale = (what: string, { flagsFile }: PlanFile): DeployError =>
  new DeployError('APPLY_PLAN_STALE', {
    what,
    remedy: `make the plan anew and look at it: deploy-flask plan ${flagsFile === undefined ? '' : `-f ${flagsFile} `}--out PLANFILE`,
  })

/** Known before anybody connects. */
export const checkInputs = (file: PlanFile, inputs: Inputs): void => {
  const changed = changedInputs(file.inputs, inputs)
  if (changed.length > 0) {
    throw stale(`since this plan was made, ${changed.join(' and ')} changed; nothing was done`, file)
  }
}

export const checkMachine = (file: PlanFile, survey: Survey): void => {
  if (file.machineId !== survey.machineId) {
    throw stale(
      `this plan was made for another machine (machine-id ${file.machineId}, this one has ${survey.machineId}); ` +
        'nothing was done',
      file,
    )
  }
}

export const checkState = (file: PlanFile, survey: Survey): void => {
  if (file.stateHash !== survey.stateHash) {
    throw stale('the host is not as it was when this plan was made; nothing was done', file)
  }
  // same input, same host: only another version of this program plans something else
  if (JSON.stringify(file.plan.phases) !== JSON.stringify(phaseDocuments(survey.plan))) {
    throw stale('this version of deploy-flask would do something else than the plan says; nothing was done', file)
  }
}
