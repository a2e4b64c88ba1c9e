import { isEmpty } from '../core/plan.js'
import { safeJson } from '../core/sanitise.js'
import { exitCodeOf } from '../fleet/outcome.js'
import type { fleetPlanForm } from '../render/documents-schema.js'
import { changesIn, plansText } from '../render/fleet-plan-text.js'
import { failuresText } from '../render/fleet-text.js'
import { phaseDocuments } from '../render/plan-json.js'
import type { z } from 'zod'
import { lookAtAll, type LookedAt } from './fleet-look.js'
import { withFleet } from './fleet-open.js'
import type { FleetSession } from './fleet-session.js'
import type { FleetPlanOptions } from './options.js'

/** `--exit-code`: a host is not as the flags file wants it. */
const differences = 3

/** Without what only one of the hosts could say. */
const documentOf = (site: string, { groups, failed }: LookedAt): z.input<typeof fleetPlanForm> => ({
  version: 1,
  site,
  groups: groups.map((group) => ({
    hosts: [...group.hosts],
    changes: changesIn(group),
    phases: phaseDocuments(group.plan),
  })),
  failed: failed.map(({ host, errors }) => ({ host, errors })),
})

/** Looks at all hosts, says what would be done, and changes nothing. */
export const fleetPlan = async (session: FleetSession, options: FleetPlanOptions): Promise<number> =>
  withFleet(session, options, async ({ hosts, site, settings, targets, askOf }) => {
    const { io, colours } = session
    const { parallel, 'host-seconds': seconds } = settings
    const looked = await lookAtAll(session, hosts, { targets, parallel, seconds, askOf })
    const { groups, failed } = looked
    if (options.json === true) io.stdout.write(`${safeJson(documentOf(site, looked), 2)}\n`)
    else {
      io.stdout.write(plansText(groups, { colours: colours.result, commands: options.verbose === true }))
      if (failed.length > 0) io.stderr.write(`\n${failuresText(failed, colours.progress)}`)
    }
    const exitCode = exitCodeOf(failed)
    if (exitCode !== 0) return exitCode
    return options.exitCode === true && groups.some(({ plan }) => !isEmpty(plan)) ? differences : 0
  })
