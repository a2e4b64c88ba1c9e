import type { Plan } from '../core/plan.js'
import type { Survey } from '../engine/survey.js'
import { changesOf, planText } from '../render/plan-text.js'
import { visible } from '../core/sanitise.js'
import { keptText } from '../render/summary.js'
import { plural } from '../render/words.js'
import { declined } from './declined.js'
import type { ApplyOptions } from './options.js'
import type { Session } from './session.js'

const question = (plan: Plan, host: string): string => {
  const unknown = plan.phases.flatMap(({ steps }) => steps.filter(({ state }) => state === 'unknown')).length
  const handlers = plan.phases.flatMap((phase) => phase.handlers).length
  const parts = [
    plural(changesOf(plan).length, 'change'),
    ...(unknown > 0 ? [`${plural(unknown, 'step')} not known yet`] : []),
    ...(handlers > 0 ? [plural(handlers, 'handler')] : []),
  ]
  return `Apply these ${parts.join(', ')} to ${visible(host)}?`
}

/**
 * Shows the plan and asks once. Both on stderr: they belong together, and stdout may be a file. With `--quiet` or
 * `--json` the plan is shown only to a person who is asked about it.
 */
export const approve = async (
  { io, services, colours }: Session,
  options: ApplyOptions,
  { survey: { plan, kept }, host, approved }: { survey: Survey; host: string; approved: boolean },
): Promise<void> => {
  const asked = !approved && options.yes !== true
  if (asked || (options.quiet !== true && options.json !== true)) {
    io.stderr.write(planText(plan, { colours: colours.progress, commands: options.verbose === true }))
    io.stderr.write(keptText(kept, colours.progress))
  }
  if (asked && !(await services.confirm(question(plan, host)))) throw declined()
}
