/** Stands before each of our keys in Redis. */
export const prefix = 'deploy-flask'

/** The runs that are known, by the time at which they were given. */
export const runsKey = `${prefix}:runs`

/** The workers, by the time at which they were heard of last. */
export const workersKey = `${prefix}:workers`

/** BullMQ's queues of a run: its hosts, and the gates between its waves. */
export const hostsQueue = (run: string): string => `hosts-${run}`
export const gatesQueue = (run: string): string => `gates-${run}`

/** What we keep of a run ourselves. */
export const runKeys = (run: string) => {
  const key = `${prefix}:run:${run}`
  return {
    record: key,
    /** By host: what it has come to. */
    outcomes: `${key}:outcomes`,
    /** Names of hosts that have failed. */
    failed: `${key}:failed`,
    failedOfWave: (wave: number): string => `${key}:failed:${wave}`,
    /** Why no further host begins. */
    stopped: `${key}:stopped`,
    /** There when the last gate is through. */
    ended: `${key}:ended`,
    /** By worker: why it takes no part. */
    refusals: `${key}:refusals`,
  } as const
}

/** BullMQ refuses ids that hold a colon, or are numbers. */
export const hostJobId = (host: string): string => `host-${encodeURIComponent(host)}`
export const gateJobId = (wave: number): string => `wave-${wave + 1}`

/** `20261130T163201Z-x7k2q9`: runs sort by their time. */
export const runIdPattern = /^\d{8}T\d{6}Z-[a-z0-9]{6}$/

/** `random`: at least six hexadecimal digits. */
export const runId = (time: Date, random: string): string =>
  `${time.toISOString().replace(/[-:]|\.\d+/g, '')}-${random.slice(0, 6)}`
