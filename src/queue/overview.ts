import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { HostOutcome } from '../fleet/outcome.js'
import { hostsQueue, prefix } from './names.js'
import type { Refusal, RunEnd, RunStore } from './run-store.js'

/** How many hosts are how far. */
interface Counts {
  readonly changed: number
  readonly same: number
  readonly failed: number
  /** In flight now. */
  readonly running: number
  /** Their turn may come. */
  readonly waiting: number
  /** Their turn does not come any more. */
  readonly notBegun: number
}

/** A run, seen from outside. */
export interface RunOverview {
  readonly id: string
  readonly file: string
  readonly by: string
  readonly time: string
  readonly state: 'running' | RunEnd
  /** Why no further host begins. */
  readonly stopped: string | undefined
  readonly counts: Counts
  readonly waves: readonly { readonly name: string; readonly counts: Counts }[]
  /** Hosts in flight, with the worker that has each. */
  readonly inFlight: readonly { readonly host: string; readonly worker: string }[]
  /** In full. */
  readonly failed: readonly HostOutcome[]
  readonly refusals: readonly Refusal[]
}

const mostInFlight = 1_000

export const runOverview = async (redis: Redis, store: RunStore, run: string): Promise<RunOverview> => {
  const record = await store.record(run)
  const [ended, stopped, refusals, inFlight] = await Promise.all([
    store.ended(run),
    store.stopped(run),
    store.refusals(run),
    hostsInFlight(redis, run),
  ])
  const running = new Set(inFlight.map(({ host }) => host))
  const isOver = ended !== undefined || stopped !== undefined
  const waves = []
  const failed: HostOutcome[] = []
  for (const { name, hosts } of record.waves) {
    const outcomes = await store.outcomesOf(run, hosts)
    failed.push(...outcomes.filter(({ state }) => state === 'failed'))
    waves.push({ name, counts: countsOf(hosts, outcomes, running, isOver) })
  }
  return {
    id: run,
    file: record.file,
    by: record.by,
    time: record.time,
    state: ended ?? 'running',
    stopped,
    counts: waves.map(({ counts }) => counts).reduce(added, none),
    waves,
    inFlight,
    failed,
    refusals,
  }
}

const hostsInFlight = async (redis: Redis, run: string): Promise<RunOverview['inFlight']> => {
  const queue = new Queue(hostsQueue(run), { connection: redis, prefix, skipMetasUpdate: true })
  try {
    const jobs = await queue.getActive(0, mostInFlight - 1)
    return jobs.map(({ name, processedBy }) => ({ host: name, worker: processedBy ?? '' }))
  } finally {
    await queue.close()
  }
}

const none: Counts = { changed: 0, same: 0, failed: 0, running: 0, waiting: 0, notBegun: 0 }

const added = (one: Counts, other: Counts): Counts => ({
  changed: one.changed + other.changed,
  same: one.same + other.same,
  failed: one.failed + other.failed,
  running: one.running + other.running,
  waiting: one.waiting + other.waiting,
  notBegun: one.notBegun + other.notBegun,
})

const countsOf = (
  hosts: readonly string[],
  outcomes: readonly HostOutcome[],
  running: ReadonlySet<string>,
  isOver: boolean,
): Counts => {
  const count = (state: HostOutcome['state']): number => outcomes.filter((one) => one.state === state).length
  const open = new Set(hosts)
  for (const { host } of outcomes) open.delete(host)
  const inFlight = [...open].filter((host) => running.has(host)).length
  const left = open.size - inFlight
  return {
    changed: count('changed'),
    same: count('same'),
    failed: count('failed'),
    running: inFlight,
    waiting: isOver ? 0 : left,
    notBegun: count('not begun') + (isOver ? left : 0),
  }
}
