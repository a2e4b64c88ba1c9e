import type { Plan, PlannedStep } from '../core/plan.js'
import type { Step, StepId } from '../core/step.js'
import { DeployError } from '../errors.js'

export const notDone = (step: Step, reason: string): DeployError =>
  new DeployError('STEP_NOT_CONVERGED', {
    what: `the step ${step.id} was carried out, but the host is still not as it should be: ${reason}`,
    remedy: 'something on the host works against this step; run "plan" to see what is left of it',
  })

export const notConverged = (plan: Plan): DeployError => {
  const left = plan.phases.flatMap(({ steps, handlers }) => [
    ...steps.filter(({ state }) => state !== 'ok').map(({ id }) => id),
    ...handlers.map(({ id, reason }) => `${id} (${reason})`),
  ])
  return new DeployError('RUN_NOT_CONVERGED', {
    what: `everything was carried out, but a last look at the host still sees something to do: ${left.join(', ')}`,
    remedy: 'run "plan" to see it; another program may be changing the same files',
  })
}

export const interrupted = (): DeployError =>
  new DeployError('INTERRUPTED', {
    what: 'stopped on request; what the running phase had changed was taken back',
    remedy: 'run the same command again to go on: what is done already is not done twice',
  })

export const commandFailed = (step: { readonly id: StepId } | undefined, cause: unknown): DeployError =>
  new DeployError(
    'INTERNAL',
    {
      what: `an unexpected error${step === undefined ? '' : ` in the step ${step.id}`}: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'this is a mistake in deploy-flask: please report it with the output of --verbose',
    },
    { cause },
  )

const changesOf = (planned: PlannedStep | undefined): readonly string[] =>
  planned?.state === 'change' ? planned.changes.map(({ kind, subject }) => `${kind} ${subject}`) : []

const described = (changes: readonly string[]): string => (changes.length === 0 ? 'no change' : changes.join(', '))

/** What is to be done now, but was not in the plan that was approved; undefined when all of it was. Less is fine. */
export const stale = (approved: PlannedStep | undefined, now: PlannedStep): DeployError | undefined => {
  if (approved?.state === 'unknown') return undefined
  const then = changesOf(approved)
  const wanted = changesOf(now)
  if (wanted.every((change) => then.includes(change))) return undefined
  return new DeployError('APPLY_PLAN_STALE', {
    what: `the step ${now.id} now needs something else than the plan that was approved`,
    evidence: `approved: ${described(then)}\nnow: ${described(wanted)}`,
    remedy: 'look at a new plan and approve that one, or run with --yes',
  })
}

/** A lost connection is no answer: what is there is looked at by the next run, nothing is guessed. */
export const connectionLost = (error: DeployError): DeployError =>
  new DeployError(
    error.code,
    {
      ...error.fault,
      remedy: 'run the same command again: it looks at what is there, and goes on or takes back from that',
    },
    { cause: error },
  )
