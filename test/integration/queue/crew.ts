import type { Redis } from 'ioredis'
import { DeployError } from '../../../src/errors.js'
import type { FleetEvent } from '../../../src/fleet/event.js'
import { failedOutcome, type HostOutcome } from '../../../src/fleet/outcome.js'
import type { HostRunner, HostTask } from '../../../src/fleet/run-host.js'
import { rolloutOf, type Strategy } from '../../../src/fleet/waves.js'
import type { QueueAddress } from '../../../src/queue/address.js'
import { connectRedis } from '../../../src/queue/connection.js'
import { followRun, type Followed } from '../../../src/queue/follow.js'
import { giveRun } from '../../../src/queue/give.js'
import { runId } from '../../../src/queue/names.js'
import { recordedLimit, recordedWaves, type RunRecord } from '../../../src/queue/run-record.js'
import { RunStore } from '../../../src/queue/run-store.js'
import { serve, type Serving, type Told } from '../../../src/queue/serve.js'
import type { TestRedis } from '../../helpers/test-redis.js'

const quiet = { lost: () => undefined, back: () => undefined }

export const hostsNamed = (names: readonly string[]) => names.map((name) => ({ name, groups: [], overrides: [] }))

export const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `web${String(index + 1).padStart(2, '0')}`)

let runs = 0

/** A run of these hosts, as `fleet apply` gives it. */
export const recordOf = (
  hosts: readonly string[],
  strategy: Partial<Strategy> = {},
  more: Partial<RunRecord> = {},
): RunRecord => {
  const rollout = rolloutOf(hostsNamed(hosts), { parallel: 20, ...strategy }, () => new Set())
  const time = new Date(2026, 10, 30, 12, 0, runs)
  return {
    version: 1,
    id: runId(time, `a${String(runs++).padStart(5, '0')}`),
    site: 'shop',
    file: 'deploy-flask.yml',
    time: time.toISOString(),
    by: 'a test',
    inputs: { flagsFile: 'a', code: 'b', requirements: 'c', hosts: 'd' },
    waves: recordedWaves(rollout),
    stopsAt: recordedLimit(rollout),
    canaryWait: 0,
    ...more,
  }
}

export const changed = (host: string): HostOutcome => ({
  host,
  state: 'changed',
  changes: 3,
  milliseconds: 5,
  errors: [],
})

export const refused = (host: string): HostOutcome =>
  failedOutcome(host, [new DeployError('STEP_FAILED', { what: 'it was refused', where: host, remedy: 'look there' })])

/** Brings no host anywhere, and knows which it was given. */
export class FakeRunner implements HostRunner {
  readonly ran: string[] = []
  readonly checked: string[] = []
  mostAtOnce = 0
  #atOnce = 0

  constructor(
    private readonly come: (host: string) => HostOutcome | Promise<HostOutcome> = changed,
    private readonly answer: (host: string) => HostOutcome = (host) => ({
      ...changed(host),
      state: 'same',
      changes: 0,
    }),
  ) {}

  async run({ host }: HostTask): Promise<HostOutcome> {
    this.ran.push(host.name)
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce)
    try {
      return await this.come(host.name)
    } finally {
      this.#atOnce--
    }
  }

  async check({ host }: HostTask): Promise<HostOutcome> {
    this.checked.push(host.name)
    return Promise.resolve(this.answer(host.name))
  }
}

/** What a worker has told, a line each. */
export class ToldLines implements Told {
  readonly lines: string[] = []
  fleet = (): void => undefined
  joined = ({ id }: RunRecord): void => void this.lines.push(`joined ${id}`)
  refused = (run: string, errors: readonly DeployError[]): void =>
    void this.lines.push(`refused ${run}: ${errors.map(({ code }) => code).join(' ')}`)
  left = (run: string): void => void this.lines.push(`left ${run}`)
  notice = (text: string): void => void this.lines.push(text)
}

/** Everything that works on the queue of one test, in this process. */
export class Scene {
  /** All that was told to whoever followed. */
  readonly events: FleetEvent[] = []
  readonly refusals: string[] = []
  readonly #lines: Redis[] = []
  readonly #stops: (() => Promise<void>)[] = []

  /** `login`: what to log in to Redis with. */
  constructor(
    private readonly redis: TestRedis,
    private readonly login: Partial<QueueAddress> = {},
  ) {}

  async line(): Promise<{ readonly redis: Redis; readonly store: RunStore }> {
    const redis = await connectRedis({ ...this.redis.address, ...this.login }, quiet)
    this.#lines.push(redis)
    return { redis, store: new RunStore(redis) }
  }

  /** A worker; answers what it tells, and how it is stopped. */
  async worker(runner: HostRunner, hosts: readonly string[], more: Partial<Serving> = {}) {
    const told = new ToldLines()
    const stopping = new AbortController()
    const known = new Map(hostsNamed(hosts).map((host) => [host.name, host]))
    const served = serve({
      ...(await this.line()),
      name: `worker ${this.#stops.length + 1}`,
      parallel: 20,
      prepare: () => Promise.resolve({ hosts: known, runner, close: () => Promise.resolve() }),
      stopping: stopping.signal,
      now: () => new Date(),
      patience: { lock: 1_000, look: 500 },
      told,
      ...more,
    })
    const stop = async (): Promise<void> => {
      stopping.abort()
      await served
    }
    this.#stops.push(stop)
    return { told, stop }
  }

  async give(record: RunRecord): Promise<void> {
    const { redis, store } = await this.line()
    await giveRun(redis, store, record)
  }

  /** Until its end. */
  async follow(
    record: RunRecord,
  ): Promise<Omit<Followed, 'outcomes'> & { readonly outcomes: ReadonlyMap<string, HostOutcome> }> {
    const followed = await followRun({
      ...(await this.line()),
      record,
      emit: (event) => void this.events.push(event),
      workers: { refused: (worker, why) => void this.refusals.push(`${worker}: ${why}`), count: () => undefined },
      leaving: new AbortController().signal,
    })
    return { ...followed, outcomes: new Map(followed.outcomes.map((outcome) => [outcome.host, outcome])) }
  }

  async end(): Promise<void> {
    await Promise.all(this.#stops.splice(0).map(async (stop) => stop()))
    for (const line of this.#lines.splice(0)) line.disconnect()
  }
}
