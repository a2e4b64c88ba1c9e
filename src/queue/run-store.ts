import type { Redis } from 'ioredis'
import { DeployError } from '../errors.js'
import type { HostOutcome } from '../fleet/outcome.js'
import { runIdPattern, runKeys, runsKey, workersKey } from './names.js'
import { readOutcome, readRecord, type RunRecord } from './run-record.js'

/** How a run has ended: all waves are through, or no further host begins. */
export type RunEnd = 'done' | 'stopped'

/** Why a worker takes no part in a run, in its own words. */
export interface Refusal {
  readonly worker: string
  readonly text: string
}

/** Milliseconds after which a worker that is not heard of counts as gone. */
const longestSilence = 15_000

/** Milliseconds for which a run that has ended can be looked at. */
const keptFor = 7 * 24 * 60 * 60 * 1_000

const longestText = 20_000

export const runUnknown = (run: string): DeployError =>
  new DeployError('QUEUE_RUN_UNKNOWN', {
    what: `there is no run ${run} in this Redis`,
    remedy:
      'see which runs there are: deploy-flask fleet status --queue URL\n' +
      'A Redis that keeps nothing on disk has forgotten everything when it is started again; give the run once more.',
  })

/** What is kept in Redis of runs, beside BullMQ's jobs. Whatever is read of it is held to its form. */
export class RunStore {
  constructor(private readonly redis: Redis) {}

  /** False where there is one with this id. */
  async create(record: RunRecord): Promise<boolean> {
    return (await this.redis.set(runKeys(record.id).record, JSON.stringify(record), 'NX')) === 'OK'
  }

  /** From now on workers see it. */
  async announce({ id, time }: RunRecord): Promise<void> {
    await this.redis.zadd(runsKey, Date.parse(time), id)
  }

  /** The last ones first. */
  async runs(): Promise<readonly string[]> {
    const ids = await this.redis.zrevrange(runsKey, 0, 999)
    return ids.filter((id) => runIdPattern.test(id))
  }

  /** Runs that nobody looks at any more. */
  async oldRuns(now: Date): Promise<readonly string[]> {
    const ids = await this.redis.zrangebyscore(runsKey, 0, now.getTime() - keptFor)
    return ids.filter((id) => runIdPattern.test(id))
  }

  async record(run: string): Promise<RunRecord> {
    const text = runIdPattern.test(run) ? await this.redis.get(runKeys(run).record) : null
    if (text === null) throw runUnknown(run)
    return readRecord(text, `run ${run}`)
  }

  async exists(run: string): Promise<boolean> {
    return (await this.redis.exists(runKeys(run).record)) === 1
  }

  /** Of a wave; it counts once, however often the host is tried. */
  async keep(run: string, wave: number, outcome: HostOutcome): Promise<void> {
    const keys = runKeys(run)
    const kept = this.redis.multi().hset(keys.outcomes, outcome.host, JSON.stringify(outcome))
    for (const failed of [keys.failed, keys.failedOfWave(wave)]) {
      if (outcome.state === 'failed') kept.sadd(failed, outcome.host)
      else kept.srem(failed, outcome.host)
    }
    await kept.exec()
  }

  async failures(run: string, wave: number): Promise<{ readonly ofRun: number; readonly ofWave: number }> {
    const { failed, failedOfWave } = runKeys(run)
    const [ofRun, ofWave] = await Promise.all([this.redis.scard(failed), this.redis.scard(failedOfWave(wave))])
    return { ofRun, ofWave }
  }

  /** Of these hosts, where they have come to something. */
  async outcomesOf(run: string, hosts: readonly string[]): Promise<readonly HostOutcome[]> {
    if (hosts.length === 0) return []
    const texts = await this.redis.hmget(runKeys(run).outcomes, ...hosts)
    return texts.flatMap((text) => (text === null ? [] : [readOutcome(text, `run ${run}`)]))
  }

  async outcomeCount(run: string): Promise<number> {
    return this.redis.hlen(runKeys(run).outcomes)
  }

  /** No further host begins; those in flight end as they do. */
  async stop(run: string, why: string): Promise<void> {
    await this.redis.set(runKeys(run).stopped, why, 'NX')
  }

  async stopped(run: string): Promise<string | undefined> {
    return (await this.redis.get(runKeys(run).stopped))?.slice(0, longestText)
  }

  async end(run: string, how: RunEnd): Promise<void> {
    await this.redis.set(runKeys(run).ended, how, 'NX')
  }

  async ended(run: string): Promise<RunEnd | undefined> {
    const text = await this.redis.get(runKeys(run).ended)
    if (text === null) return undefined
    return text === 'done' ? 'done' : 'stopped'
  }

  async refuse(run: string, { worker, text }: Refusal): Promise<void> {
    await this.redis.hset(runKeys(run).refusals, worker, text)
  }

  async join(run: string, worker: string): Promise<void> {
    await this.redis.hdel(runKeys(run).refusals, worker)
  }

  async refusals(run: string): Promise<readonly Refusal[]> {
    const all = await this.redis.hgetall(runKeys(run).refusals)
    return Object.entries(all).map(([worker, text]) => ({ worker, text: text.slice(0, longestText) }))
  }

  async seen(worker: string): Promise<void> {
    const now = await this.#now()
    await this.redis.zadd(workersKey, now, worker)
    await this.redis.zremrangebyscore(workersKey, 0, now - 100 * longestSilence)
  }

  async gone(worker: string): Promise<void> {
    await this.redis.zrem(workersKey, worker)
  }

  async workers(): Promise<readonly string[]> {
    return this.redis.zrangebyscore(workersKey, (await this.#now()) - longestSilence, '+inf')
  }

  /** The clocks of those who meet here may differ. */
  async #now(): Promise<number> {
    const [seconds] = await this.redis.time()
    return Number(seconds) * 1_000
  }

  /** Everything of it but BullMQ's jobs. */
  async forget(run: string): Promise<void> {
    const { record, outcomes, failed, failedOfWave, stopped, ended, refusals } = runKeys(run)
    const waves = await this.record(run).then(
      ({ waves }) => waves.map((_, index) => failedOfWave(index)),
      () => [],
    )
    await this.redis.del(record, outcomes, failed, ...waves, stopped, ended, refusals)
    await this.redis.zrem(runsKey, run)
  }
}
