import { resolve } from 'node:path'
import { isEmpty } from '../core/plan.js'
import { planDocument } from '../render/plan-json.js'
import { planText } from '../render/plan-text.js'
import { safeJson } from '../core/sanitise.js'
import { refuse } from './failures.js'
import { onHost } from './look.js'
import { tellOfOthers } from './others.js'
import type { PlanOptions } from './options.js'
import { checkPlanFilePlace, writePlanFile } from './plan-file.js'
import type { Session } from './session.js'
import { givenSettings } from './settings.js'

/** `--exit-code`: the host is not as the flags file wants it. */
const differences = 3

/** Looks, says what would be done, and changes nothing. */
export const plan = async (session: Session, options: PlanOptions): Promise<number> => {
  const { io, colours } = session
  const out = options.out === undefined ? undefined : resolve(io.cwd, options.out)
  if (out !== undefined) await checkPlanFilePlace(out)
  const playbook = options.playbook === undefined ? undefined : resolve(io.cwd, options.playbook)
  const wanted = { file: options.file, playbook, overrides: await givenSettings(session), time: io.now() }
  return onHost(session, wanted, async ({ target, transport, survey }) => {
    refuse(survey.refusals)
    tellOfOthers(session, survey)
    const document = planDocument(transport.target, target.site.name, survey, target.origin)
    io.stdout.write(
      options.json === true
        ? `${safeJson(document, 2)}\n`
        : planText(survey.plan, { colours: colours.result, commands: options.verbose === true }),
    )
    if (out !== undefined) {
      const { file, overrides, inputs, origin, time } = target
      await writePlanFile(out, {
        time: time.toISOString(),
        flagsFile: file,
        playbook,
        inputs,
        origin,
        overrides: overrides.map(({ path, value, origin }) => ({ path: [...path], value, origin })),
        machineId: survey.machineId,
        stateHash: survey.stateHash,
        // through JSON, as it will be read: what is undefined is not there, what is secret is `[secret]`
        plan: JSON.parse(JSON.stringify(document)) as typeof document,
      })
      if (options.quiet !== true) io.stderr.write(`saved; apply exactly this with: deploy-flask apply ${options.out}\n`)
    }
    return options.exitCode === true && !isEmpty(survey.plan) ? differences : 0
  })
}
