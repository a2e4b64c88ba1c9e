import { FlowProducer, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { gateJobId, gatesQueue, hostJobId, hostsQueue, prefix } from './names.js'
import type { GateJob, HostJob, RunRecord } from './run-record.js'

/** A host is tried once: whether it is worth another try, a person decides. */
const jobOptions = { attempts: 1, stackTraceLimit: 0, keepLogs: 0 } as const

/**
 * Gives a wave to the workers: its hosts, and behind them its gate, all at once or not at all. What is there already
 * stays as it is, so that a gate that is passed a second time does no harm.
 */
export const addWave = async (redis: Redis, { id, waves }: RunRecord, index: number): Promise<void> => {
  const wave = waves[index]
  if (wave === undefined) return
  const gates = new Queue(gatesQueue(id), { connection: redis, prefix })
  const hosts = new Queue(hostsQueue(id), { connection: redis, prefix })
  const flow = new FlowProducer({ connection: redis, prefix })
  try {
    if ((await gates.getJob(gateJobId(index))) !== undefined) return
    await hosts.setGlobalConcurrency(wave.atOnce)
    const gate: GateJob = { version: 1, run: id, wave: index, waited: false }
    await flow.add({
      name: wave.name,
      queueName: gates.name,
      data: gate,
      opts: { ...jobOptions, jobId: gateJobId(index) },
      children: wave.hosts.map((host) => {
        const data: HostJob = { version: 1, run: id, wave: index, host }
        // the gate looks at what its hosts have come to; a failed one is no reason not to
        const opts = { ...jobOptions, jobId: hostJobId(host), ignoreDependencyOnFailure: true }
        return { name: host, queueName: hosts.name, data, opts }
      }),
    })
  } finally {
    await Promise.all([gates.close(), hosts.close(), flow.close()])
  }
}
