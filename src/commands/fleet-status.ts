import { safeJson } from '../core/sanitise.js'
import { exitCodeOf } from '../fleet/outcome.js'
import { eachOf } from '../fleet/pool.js'
import type { fleetStatusForm } from '../render/fleet-documents.js'
import { fleetStatusText } from '../render/fleet-status-text.js'
import { failuresText } from '../render/fleet-text.js'
import { withFleet } from './fleet-open.js'
import type { FleetSession } from './fleet-session.js'
import { inTurn } from './host-turn.js'
import type { FleetOptions } from './options.js'
import { statusOf } from './status.js'
import type { z } from 'zod'

/** How the site is on each host; changes nothing. */
export const fleetStatus = async (session: FleetSession, options: FleetOptions): Promise<number> =>
  withFleet(session, options, async ({ hosts, settings, targets, askOf }) => {
    const { io, colours, interrupts, tell } = session
    const { parallel, 'host-seconds': seconds } = settings
    const found = await eachOf(hosts, parallel, async (host) => {
      const { name } = host
      const task = {
        host,
        signal: interrupts.signal,
        emit: (event: Parameters<typeof session.emit>[0]) => tell({ type: 'event', host: name, event }),
      }
      const turned = await inTurn(session, task, { seconds, ask: askOf() }, async ({ connect }) => {
        const target = await targets.of(host)
        const transport = await connect(target.connection)
        return statusOf({ transport, site: target.site.name }, target)
      })
      return { name, turned }
    })
    const shown = found.flatMap(({ name, turned }) => ('done' in turned ? [{ name, status: turned.done }] : []))
    const failed = found.flatMap(({ turned }) => ('done' in turned ? [] : [turned.outcome]))
    if (options.json === true) {
      const document: z.input<typeof fleetStatusForm> = {
        version: 1,
        hosts: shown.map(({ name, status }) => ({ name, ...status })),
        failed: failed.map(({ host, errors }) => ({ host, errors })),
      }
      io.stdout.write(`${safeJson(document, 2)}\n`)
    } else {
      io.stdout.write(fleetStatusText(shown, colours.result))
      if (failed.length > 0) io.stderr.write(`\n${failuresText(failed, colours.progress)}`)
    }
    return exitCodeOf(failed)
  })
