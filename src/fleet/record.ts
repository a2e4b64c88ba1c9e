import { createHash, randomBytes } from 'node:crypto'
import { appendFile, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { hostOutcomeForm, type HostOutcome } from './outcome.js'

/**
 * The last run of a fleet, as it is kept on this computer: a line with all its hosts, then a line for each that is done.
 * A line that a crash has torn is none; a host without a line was not begun, or nobody knows what has become of it.
 */
export interface FleetRecord {
  /** When it began. */
  readonly at: string
  readonly hosts: readonly string[]
  readonly outcomes: readonly HostOutcome[]
}

/** What makes two runs runs of the same fleet: absolute paths. */
export interface RecordedFleet {
  readonly flagsFile: string | undefined
  readonly inventory: string | undefined
}

const headForm = z.object({
  version: z.literal(1),
  flagsFile: z.string().optional(),
  inventory: z.string().optional(),
  at: z.iso.datetime(),
  hosts: z.array(z.string()),
})

/** `folder`: of the user's state, $XDG_STATE_HOME/deploy-flask. */
export const recordFile = (folder: string, { flagsFile, inventory }: RecordedFleet): string => {
  const id = createHash('sha256').update(JSON.stringify([flagsFile, inventory]))
  return join(folder, 'fleet', `${id.digest('hex').slice(0, 32)}.jsonl`)
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Undefined where there is none, or none that this version understands. */
export const readRecord = async (file: string): Promise<FleetRecord | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const [first = '', ...lines] = text.split('\n')
  const head = headForm.safeParse(parsed(first))
  if (!head.success) return undefined
  const { at, hosts } = head.data
  const outcomes = lines.flatMap((line) => hostOutcomeForm.safeParse(parsed(line)).data ?? [])
  return { at, hosts, outcomes }
}

/** What a canary came to last counts. */
const lastOf = ({ outcomes }: Pick<FleetRecord, 'outcomes'>): ReadonlyMap<string, HostOutcome> =>
  new Map(outcomes.map((outcome) => [outcome.host, outcome]))

/** Hosts of it that the site was not brought to, in its order. */
export const unfinished = (record: FleetRecord): readonly string[] => {
  const last = lastOf(record)
  return record.hosts.filter((host) => !['changed', 'same'].includes(last.get(host)?.state ?? ''))
}

/** A run of some hosts says nothing of the others: these stay as they were. */
const withOthers = (
  hosts: readonly string[],
  before: FleetRecord | undefined,
): Pick<FleetRecord, 'hosts' | 'outcomes'> => {
  if (before === undefined) return { hosts, outcomes: [] }
  const ofRun = new Set(hosts)
  const others = [...lastOf(before).values()].filter(({ host }) => !ofRun.has(host))
  return { hosts: [...new Set([...before.hosts, ...hosts])], outcomes: others }
}

/** Keeps a run while it goes on. */
export class Recorder {
  #writing: Promise<void> = Promise.resolve()

  private constructor(private readonly file: string) {}

  /**
   * Takes the place of the run before, whole or not at all; nobody else may read it. What is known of hosts that it
   * leaves out stays where that is given in `before`.
   */
  static async begin(
    file: string,
    fleet: RecordedFleet,
    { at, hosts }: Pick<FleetRecord, 'at' | 'hosts'>,
    before?: FleetRecord,
  ): Promise<Recorder> {
    const all = withOthers(hosts, before)
    const head = { version: 1, ...fleet, at, hosts: all.hosts }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const part = `${file}.${randomBytes(6).toString('hex')}.part`
    try {
      const handle = await open(part, 'wx', 0o600)
      try {
        await handle.writeFile([head, ...all.outcomes].map((line) => `${JSON.stringify(line)}\n`).join(''))
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(part, file)
    } catch (error) {
      await rm(part, { force: true })
      throw error
    }
    return new Recorder(file)
  }

  /** The outcomes are written in the order in which they come; the end waits for all of them. */
  keep(outcome: HostOutcome): void {
    this.#writing = this.#writing.then(() => appendFile(this.file, `${JSON.stringify(outcome)}\n`))
    this.#writing.catch(() => undefined) // `end` tells of it
  }

  /** Throws what has kept it from being written. */
  async end(): Promise<void> {
    await this.#writing
  }
}
