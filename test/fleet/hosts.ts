import type { FleetEvent } from '../../src/fleet/event.js'
import type { FleetHost } from '../../src/fleet/host.js'
import type { HostOutcome } from '../../src/fleet/outcome.js'
import type { HostTask } from '../../src/fleet/run-host.js'
import type { Rollout, Strategy, Wave } from '../../src/fleet/waves.js'
import { runFleet } from '../../src/fleet/run.js'
import { failedOutcome } from '../../src/fleet/outcome.js'
import { rolloutOf } from '../../src/fleet/waves.js'
import { DeployError, type ErrorCode } from '../../src/errors.js'

export const fleetOf = (count: number): readonly FleetHost[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `web${String(index + 1).padStart(2, '0')}`
    return { name, groups: [], overrides: [{ path: ['host'], value: name, origin: 'hosts.yml:1:1' }] }
  })

const matching = (pattern: string): ReadonlySet<string> => new Set(pattern.split(','))

export const rollout = (count: number, strategy: Partial<Strategy> = {}): Rollout =>
  rolloutOf(fleetOf(count), { parallel: 100, ...strategy }, matching)

export const namesOf = ({ hosts }: Wave): readonly string[] => hosts.map(({ name }) => name)

export const failing = (host: string, code: ErrorCode = 'STEP_FAILED', what = `${host} refused`): HostOutcome =>
  failedOutcome(host, [new DeployError(code, { what, where: `me@${host}`, remedy: 'look there' })], {
    milliseconds: 100,
  })

export const changed = (host: string): HostOutcome => ({
  host,
  state: 'changed',
  changes: 9,
  milliseconds: 12_000,
  errors: [],
})

interface Played {
  readonly outcomes: readonly HostOutcome[]
  readonly events: readonly FleetEvent[]
  /** In the order in which they began. */
  readonly begun: readonly string[]
  /** In flight at the same time, at most. */
  readonly most: number
}

/** A run over hosts that are only what is said of them; those that are not mentioned are changed. */
export const play = async (
  count: number,
  strategy: Partial<Strategy>,
  turns: {
    readonly run?: (task: HostTask, stop: () => void) => HostOutcome | Promise<HostOutcome> | undefined
    readonly check?: (task: HostTask) => HostOutcome | undefined
  } = {},
): Promise<Played> => {
  const events: FleetEvent[] = []
  const begun: string[] = []
  const stopped = new AbortController()
  let inFlight = 0
  let most = 0
  const outcomes = await runFleet({
    site: 'shop',
    rollout: rollout(count, strategy),
    canaryWait: 0,
    signal: stopped.signal,
    emit: (event) => events.push(event),
    runner: {
      run: async (task) => {
        const { name } = task.host
        begun.push(name)
        most = Math.max(most, ++inFlight)
        await new Promise((resolve) => setImmediate(resolve))
        const outcome = await turns.run?.(task, () => stopped.abort())
        inFlight--
        return outcome ?? changed(name)
      },
      check: (task) =>
        Promise.resolve(
          turns.check?.(task) ?? { host: task.host.name, state: 'same', changes: 0, milliseconds: 5, errors: [] },
        ),
    },
  })
  return { outcomes, events, begun, most }
}

export const statesOf = (outcomes: readonly HostOutcome[]): string => outcomes.map(({ state }) => state).join(', ')
