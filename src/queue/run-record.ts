import { z } from 'zod'
import type { Event } from '../core/event.js'
import { DeployError } from '../errors.js'
import type { FleetHost } from '../fleet/host.js'
import { hostOutcomeForm } from '../fleet/outcome.js'
import type { Rollout } from '../fleet/waves.js'
import { runIdPattern } from './names.js'

/**
 * The forms of all that is read from Redis. Whoever can write there can write anything: all of it is bounded, and none of
 * it says what is done on a host. That, the worker reads in its own files.
 */
const mostHosts = 50_000
const version = z.literal(1)
const hash = z.string().regex(/^[\w.:/+=@ -]{0,4096}$/)
const hostName = z.string().min(1).max(300)
const runId = z.string().regex(runIdPattern)
const amount = z.int().min(1).max(mostHosts)
/** `null`: never. */
const limit = amount.nullable()

/** Below the folder of the worker, and never out of it; what links lead to is looked at there. */
const path = z
  .string()
  .min(1)
  .max(1_000)
  .refine((text) => !text.startsWith('/') && !text.split('/').includes('..') && !text.includes('\0'))

const wave = z.strictObject({
  name: z.string().max(100),
  hosts: z.array(hostName).max(mostHosts).readonly(),
  atOnce: amount,
  isCanary: z.boolean(),
  stopsAt: limit,
  endsRunAt: limit,
})

const record = z
  .strictObject({
    version,
    id: runId,
    /** Of the flags file. */
    site: z.string().min(1).max(100),
    /** The flags file. */
    file: path,
    /** Where the hosts do not stand in the flags file itself. */
    inventory: path.optional(),
    /** Names the release: it is the same on all hosts. */
    time: z.iso.datetime(),
    /** Who has given the run, and where. */
    by: z.string().max(200),
    /** Hashes of all that the run is made from; a worker that has anything else takes no part. */
    inputs: z.strictObject({
      flagsFile: hash,
      code: hash,
      requirements: hash,
      playbook: hash.optional(),
      hosts: hash,
    }),
    waves: z.array(wave).min(1).max(mostHosts).readonly(),
    stopsAt: limit,
    /** Seconds after which canaries are asked once more. */
    canaryWait: z.int().min(0).max(86_400),
  })
  .refine(({ waves }) => waves.reduce((sum, { hosts }) => sum + hosts.length, 0) <= mostHosts)
  .readonly()

/** What all workers know of a run. It holds names and hashes, never a value of a setting. */
export type RunRecord = z.output<typeof record>
export type RunInputs = RunRecord['inputs']

const hostJob = z.strictObject({ version, run: runId, wave: z.int().min(0).max(mostHosts), host: hostName }).readonly()
const gateJob = z
  .strictObject({ version, run: runId, wave: z.int().min(0).max(mostHosts), waited: z.boolean() })
  .readonly()

export type HostJob = z.output<typeof hostJob>
export type GateJob = z.output<typeof gateJob>

const step = z
  .strictObject({
    type: z.literal('step.start'),
    step: z.templateLiteral([z.string(), '.', z.string()]),
    title: z.string().max(500),
    phase: z.string().max(500),
  })
  .readonly()

type StepStart = Extract<Event, { type: 'step.start' }>

/** What is told of a host in flight. */
export const stepProgress = ({ step, title, phase }: StepStart): StepStart => ({
  type: 'step.start',
  step,
  title: title.slice(0, 500),
  phase: phase.slice(0, 500),
})

/** Undefined: it is none; whoever follows does without. */
export const readProgress = (value: unknown): StepStart | undefined => step.safeParse(value).data

const isNewer = z.looseObject({ version: z.int().min(2) })

const invalid = (place: string, evidence: string, newer: boolean): DeployError =>
  new DeployError('QUEUE_DATA_INVALID', {
    what: newer ? 'a newer deploy-flask has written this' : 'this is not what deploy-flask writes',
    where: `Redis, ${place}`,
    evidence,
    remedy: newer
      ? 'use the same version of deploy-flask for everything that works on one queue'
      : 'look who else can write into this Redis; then give the run once more',
  })

const reading =
  <Form extends z.ZodType>(form: Form, longest: number) =>
  (text: string, place: string): z.output<Form> => {
    if (text.length > longest) throw invalid(place, `${text.length} characters; ${longest} are the most`, false)
    const value = parsed(text)
    const read = form.safeParse(value)
    if (read.success) return read.data
    throw invalid(place, z.prettifyError(read.error), isNewer.safeParse(value).success)
  }

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @throws DeployError QUEUE_DATA_INVALID, as all of these */
export const readRecord = reading(record, 20_000_000)
export const readHostJob = reading(hostJob, 2_000)
export const readGateJob = reading(gateJob, 2_000)
export const readOutcome = reading(hostOutcomeForm, 1_000_000)

const written = (limit: number): number | null => (Number.isFinite(limit) ? limit : null)
const read = (limit: number | null): number => limit ?? Infinity

/** JSON knows no infinity, and of hosts only the names are told. */
export const recordedWaves = ({ waves }: Rollout): RunRecord['waves'] =>
  waves.map(({ hosts, stopsAt, endsRunAt, name, atOnce, isCanary }) => ({
    name,
    atOnce,
    isCanary,
    hosts: hosts.map(({ name: host }) => host),
    stopsAt: written(stopsAt),
    endsRunAt: written(endsRunAt),
  }))

export const recordedLimit = ({ stopsAt }: Rollout): number | null => written(stopsAt)

export const unknownHost = (run: string, name: string): DeployError =>
  invalid(`run ${run}`, `no host of it is called ${JSON.stringify(name)}`, false)

const hostIn = (known: ReadonlyMap<string, FleetHost>, run: string, name: string): FleetHost => {
  const host = known.get(name)
  if (host === undefined) throw unknownHost(run, name)
  return host
}

/**
 * The waves, with what this computer knows of their hosts.
 *
 * @throws DeployError QUEUE_DATA_INVALID where it knows nothing of one
 */
export const rolloutIn = ({ id, waves, stopsAt }: RunRecord, known: ReadonlyMap<string, FleetHost>): Rollout => ({
  waves: waves.map((wave) => ({
    ...wave,
    hosts: wave.hosts.map((name) => hostIn(known, id, name)),
    stopsAt: read(wave.stopsAt),
    endsRunAt: read(wave.endsRunAt),
  })),
  stopsAt: read(stopsAt),
})
