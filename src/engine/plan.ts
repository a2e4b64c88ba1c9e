import type { Handler } from '../core/handler.js'
import type { Phase } from '../core/playbook.js'
import type { Plan, PlannedHandler, PlannedPhase, PlannedStep } from '../core/plan.js'
import type { Step, StepId } from '../core/step.js'
import type { State } from './ask.js'

export const planStep = (step: Step, state: State): PlannedStep => {
  const { id, title } = step
  const planned = step.plan(state.of(step.probes))
  if ('unknownUntil' in planned) {
    return { id, title, state: 'unknown', until: planned.unknownUntil, reason: planned.reason }
  }
  return planned.length === 0 ? { id, title, state: 'ok' } : { id, title, state: 'change', changes: planned }
}

/** The first handler of the ladder that is needed: it does what the weaker ones below it would do. */
export const neededHandler = (
  handlers: readonly Handler[],
  state: State,
  triggered: ReadonlySet<StepId>,
): { readonly handler: Handler; readonly reason: string } | undefined => {
  for (const handler of handlers) {
    const reason = handler.needed(state.of(handler.probes), triggered.has(handler.id))
    if (reason !== undefined) return { handler, reason }
  }
  return undefined
}

/** From what is known of the host to the plan: pure. Triggers reach handlers of their own and of later phases. */
export const planPhases = (phases: readonly Phase[], state: State): Plan => {
  const triggered = new Set<StepId>()
  return {
    phases: phases.map((phase): PlannedPhase => {
      const steps = phase.steps.map((step) => {
        const planned = planStep(step, state)
        if (planned.state !== 'ok') for (const id of step.triggers ?? []) triggered.add(id)
        return planned
      })
      const needed = neededHandler(phase.handlers ?? [], state, triggered)
      const handlers: readonly PlannedHandler[] =
        needed === undefined ? [] : [{ id: needed.handler.id, title: needed.handler.title, reason: needed.reason }]
      return { title: phase.title, steps, handlers }
    }),
  }
}
