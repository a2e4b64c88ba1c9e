import { safeJson } from '../core/sanitise.js'
import { runOverview } from '../queue/overview.js'
import type { fleetRunsForm } from '../render/fleet-documents.js'
import { runsText, runText } from '../render/queue-text.js'
import type { QueueOptions } from './options-queue.js'
import { ourselves } from './holding.js'
import { withQueue } from './queue-open.js'
import type { Session } from './session.js'
import type { z } from 'zod'

/** Runs of the list, the last ones. */
const mostRuns = 10

/** The last runs and the workers; of one that is named, all there is. */
export const queueStatus = async (session: Session, run: string | undefined, options: QueueOptions): Promise<number> =>
  withQueue(session, options.queue, async ({ redis, store }) => {
    const { io, colours } = session
    const workers = await store.workers()
    const ids = run === undefined ? (await store.runs()).slice(0, mostRuns) : [run]
    const runs = []
    for (const id of ids) runs.push(await runOverview(redis, store, id))
    const document: z.input<typeof fleetRunsForm> = { version: 1, workers, runs }
    if (options.json === true) io.stdout.write(`${safeJson(document, 2)}\n`)
    else if (run === undefined) io.stdout.write(runsText(runs, workers, colours.result))
    else for (const one of runs) io.stdout.write(runText(one, colours.result))
    return 0
  })

/** No further host of the run begins. */
export const queueStop = async (session: Session, run: string, { queue }: QueueOptions): Promise<number> =>
  withQueue(session, queue, async ({ store }) => {
    const { id } = await store.record(run)
    const ended = await store.ended(id)
    if (ended === undefined) await store.stop(id, `stopped by ${ourselves(session, 'fleet stop', id).who}`)
    const text = ended === undefined ? 'no further host begins; those in flight end as they do' : 'it has ended already'
    session.io.stdout.write(`run ${id}: ${text}\n`)
    return 0
  })
