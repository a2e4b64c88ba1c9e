import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import type { Answer } from '../core/command.js'
import type { Probes } from '../core/probe.js'
import { DeployError } from '../errors.js'
import { keyOf, knows, stateOf, type State } from './ask.js'

/** Unpacked; a host cannot make us unpack more. */
const largest = 8 * 1024 * 1024

const short = z.string().max(100)

const kept = z.object({
  version: z.literal(1),
  /** UTC; when it was so. */
  at: short,
  /** Of deploy-flask: another one may ask in other words. */
  by: short,
  /** By the hash of the question: standard output, standard error, exit code. */
  answers: z.record(short, z.tuple([z.string(), z.string(), z.number()])),
})

/** What a run has left behind, as the host told it then. */
export interface AsLeft {
  readonly at: string
  readonly by: string
  readonly state: State
  /** Whether all of these questions were asked then. */
  knows(probes: Probes): boolean
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 16)

/** One word of base64, to be kept on the host: it holds what the host has said, and is for root alone. */
export const asLeftText = ({ answers }: State, by: { readonly at: Date; readonly version: string }): string => {
  const said = [...answers].map(([key, { stdout, stderr, exitCode }]) => [hashOf(key), [stdout, stderr, exitCode]])
  const all = { version: 1, at: by.at.toISOString(), by: by.version, answers: Object.fromEntries(said) as unknown }
  return gzipSync(JSON.stringify(all)).toString('base64')
}

const unpacked = (text: string): z.output<typeof kept> | undefined => {
  try {
    const packed = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: largest })
    return kept.safeParse(JSON.parse(packed.toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** Another version may have understood the same answer in another way. */
const stateIn = (records: readonly Probes[], answers: ReadonlyMap<string, Answer>): State | undefined => {
  try {
    return stateOf(records, answers)
  } catch (error) {
    if (error instanceof DeployError) return undefined
    throw error
  }
}

/** What was kept, for these probes; undefined where nobody can read it. */
export const readAsLeft = (text: string, records: readonly Probes[]): AsLeft | undefined => {
  const found = unpacked(text)
  if (found === undefined) return undefined
  const keys = records.flatMap((record) => Object.values(record)).map(keyOf)
  const answers = new Map<string, Answer>()
  for (const key of keys) {
    const [stdout, stderr, exitCode] = found.answers[hashOf(key)] ?? []
    if (stdout !== undefined && stderr !== undefined && exitCode !== undefined)
      answers.set(key, { stdout, stderr, exitCode })
  }
  const state = stateIn(records, answers)
  if (state === undefined) return undefined
  return {
    at: found.at,
    by: found.by,
    state,
    knows: (probes) => knows(state, [probes]),
  }
}
