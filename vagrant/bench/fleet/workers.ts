import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { z } from 'zod'
import { hostOutcomeForm } from '../../../src/render/documents-schema.js'
import { TestRedis } from '../../../test/helpers/test-redis.js'
import { startWorkers } from '../../../test/helpers/workers.js'
import { say } from '../../cache.js'
import { RunFailed } from '../metered.js'
import { stopped } from '../stopped.js'
import { fleetApply, onFleet, type FleetGround } from './ground.js'

const crews = [1, 2, 4] as const

/** Each of them takes a second to answer, so that it is not the processors of this machine that are measured. */
export const sharedHosts = 200
const answersAfter = { kind: 'recorded', milliseconds: 1_000 } as const

/** Hosts in flight at the same time, of each worker. */
export const hostsOfWorker = 10

/** A run that so many workers shared. */
export interface SharedRun {
  readonly workers: number
  /** Whether one of them was killed when a quarter of the hosts was done. */
  readonly oneKilled: boolean
  readonly seconds: number
  /** Hosts that came to be as they should. */
  readonly done: number
}

export async function shareFleet(folder: string): Promise<readonly SharedRun[]> {
  return await onFleet(sharedHosts, answersAfter, folder, async (ground) => {
    const runs: SharedRun[] = []
    for (const workers of crews) runs.push(await sharedBy(ground, workers, false))
    runs.push(await sharedBy(ground, Math.max(...crews), true))
    return runs
  })
}

/** A Redis and workers of its own, which have joined before anything is given to them. */
async function sharedBy(ground: FleetGround, count: number, oneKilled: boolean): Promise<SharedRun> {
  const redis = new TestRedis()
  await redis.start()
  const args = ['--parallel', String(hostsOfWorker)]
  const workers = startWorkers(count, { url: redis.url, directory: ground.folder, env: ground.env, args })
  try {
    const store = redis.client()
    while ((await store.zcard('deploy-flask:workers')) < count) {
      stopped.throwIfAborted()
      await sleep(50)
    }
    const start = performance.now()
    const done = await outcomesOf(ground, redis.url, (hosts) => {
      if (oneKilled && hosts === sharedHosts / 4) workers[0]?.child.kill('SIGKILL')
    })
    const seconds = (performance.now() - start) / 1000
    say(`${count} workers${oneKilled ? ', one of them killed' : ''}: ${seconds.toFixed(1)} s`)
    return { workers: count, oneKilled, seconds, done }
  } finally {
    for (const worker of workers) await worker.kill()
    await redis.stop()
  }
}

/** Gives the fleet to the workers. Answers how many hosts came to be as they should; `told` hears of each of them. */
async function outcomesOf(ground: FleetGround, queue: string, told: (hosts: number) => void): Promise<number> {
  const { argv, env, cwd } = fleetApply(ground, '--json', '--queue', queue, '--parallel', String(sharedHosts))
  const [program, ...args] = argv
  const run = execa(program, args, {
    env: env ?? {},
    cwd: cwd ?? '',
    stdin: 'ignore',
    reject: false,
    cancelSignal: stopped,
  })
  const hosts = new Set<string>()
  for await (const line of run) {
    const { type, outcome } = hostDone.safeParse(JSON.parse(line)).data ?? {}
    if (type === undefined || outcome?.state !== 'same') continue
    hosts.add(outcome.host)
    told(hosts.size)
  }
  const { failed, stderr } = await run
  stopped.throwIfAborted()
  if (failed) throw new RunFailed(`${argv.join(' ')} failed:\n${stderr}`)
  return hosts.size
}

const hostDone = z.object({ type: z.literal('host.done'), outcome: hostOutcomeForm })
