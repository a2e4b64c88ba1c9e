import { realpath } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { silentSeconds } from '../engine/keeper-script.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import type { Prepared } from '../queue/crew.js'
import type { RunRecord } from '../queue/run-record.js'
import { serve, type Told } from '../queue/serve.js'
import { plural } from '../render/words.js'
import type { Ask } from '../transport/ask.js'
import { fleetOf } from './fleet-hosts.js'
import { fleetRunner } from './fleet-runner.js'
import type { FleetSession } from './fleet-session.js'
import { FleetTargets } from './fleet-targets.js'
import type { WorkerOptions } from './options-queue.js'
import { fileWithin, inventoryWithin, mustBeEqual, runInputs } from './queue-inputs.js'
import { withQueue } from './queue-open.js'
import { givenSettings } from './settings.js'
import { usage } from './usage.js'

/**
 * The lock of a host outlives a worker that has died with its whole machine, until the host takes it for gone. Whoever
 * takes over waits for that, and for a worker that only was not heard of and still is at it.
 */
const usualLockWait = Math.max(300, 3 * silentSeconds)

const usualParallel = 20

const nobody: Ask = () => Promise.resolve(undefined)

/** Takes part in the runs of a queue until it is stopped; brings hosts there as `fleet apply` does. */
export const worker = async (session: FleetSession, options: WorkerOptions): Promise<number> => {
  const { io, interrupts, emit } = session
  const directory = await realpath(resolve(io.cwd, options.directory ?? '.'))
  const [given] = await givenSettings(session)
  if (given !== undefined) {
    throw usage(`a worker goes by its files alone, not by ${given.origin}`, 'unset the variable')
  }
  const here: FleetSession = { ...session, io: { ...io, cwd: directory, interactive: false } }
  const name = `${hostname()} (${process.pid})`
  return withQueue(session, options.queue, async ({ redis, store, shown }) => {
    emit({ type: 'notice', text: `worker ${name} at ${shown}, for ${directory}` })
    await interrupts.whileApplying(
      () =>
        serve({
          redis,
          store,
          name,
          parallel: options.parallel ?? usualParallel,
          prepare: (record) => prepared(here, options, record),
          stopping: interrupts.signal,
          now: () => io.now(),
          told: telling(session),
        }),
      'stopping: no further host begins, and those in flight are brought to their end; Ctrl-C again leaves at once',
    )
    return 0
  })
}

/** Reads here what the run is about, and takes no part where it is anything else. */
const prepared = async (
  session: FleetSession,
  options: WorkerOptions,
  { file, inventory, time, inputs, waves }: RunRecord,
): Promise<Prepared> => {
  const { io } = session
  const named = {
    settings: options.settings,
    file: await fileWithin(io.cwd, file),
    ...(inventory === undefined ? {} : { inventory: await inventoryWithin(io.cwd, inventory) }),
  }
  const playbook =
    inputs.playbook === undefined || options.playbook === undefined ? undefined : resolve(io.cwd, options.playbook)
  const fleet = await fleetOf(session, named)
  const known = new Map(fleet.hosts.map((host) => [host.name, host]))
  const targets = new FleetTargets(session, { file: named.file, playbook, time: new Date(time) }, fleet)
  try {
    const ofRun = waves.flatMap(({ hosts: names }) => names.map((name) => hostHere(known, name, io.cwd)))
    mustBeEqual(inputs, await runInputs(targets, ofRun), io.cwd)
    const [first] = ofRun
    const seconds = first === undefined ? 0 : fleet.settingsOf(first).flags.fleet['host-seconds']
    const lockWait = options.lockWait ?? usualLockWait
    const running = { targets, options: { settings: options.settings, lockWait }, seconds, askOf: () => nobody }
    return { hosts: known, runner: fleetRunner(session, running), close: () => targets.close() }
  } catch (error) {
    await targets.close()
    throw error
  }
}

const hostHere = (known: ReadonlyMap<string, FleetHost>, name: string, directory: string): FleetHost => {
  const host = known.get(name)
  if (host !== undefined) return host
  throw new DeployError('QUEUE_INPUTS_DIFFER', {
    what: `the inventory here names no host ${JSON.stringify(name)}`,
    where: directory,
    remedy: 'bring this folder to the same state (git pull); the worker looks again twice a minute',
  })
}

const telling = ({ tell, emit }: FleetSession): Told => {
  const notice = (text: string): void => emit({ type: 'notice', text })
  return {
    fleet: tell,
    joined: ({ id, by, waves }) => {
      const count = waves.reduce((sum, { hosts }) => sum + hosts.length, 0)
      notice(`takes part in run ${id} of ${by}: ${plural(count, 'host')}`)
    },
    refused: (run, errors) => {
      for (const { code, fault } of errors) notice(`takes no part in run ${run}: ${code}: ${fault.what}`)
    },
    left: (run) => notice(`run ${run}: nothing left to do here`),
    notice,
  }
}
