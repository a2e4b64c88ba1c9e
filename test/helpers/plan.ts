import { z } from 'zod'
import { expect } from 'vitest'
import { deployFlask } from './cli.js'

const change = z.strictObject({
  kind: z.enum(['create', 'update', 'remove', 'run']),
  subject: z.string().min(1),
  reason: z.string().optional(),
  diff: z.strictObject({ before: z.string(), after: z.string() }).optional(),
  commands: z.array(z.strictObject({ run: z.string().min(1), as: z.enum(['root', 'login']) })).min(1),
})

const named = { id: z.string().regex(/^[a-z]+\.[a-z-]+$/), title: z.string().min(1) }

const step = z.discriminatedUnion('state', [
  z.strictObject({ ...named, state: z.literal('ok') }),
  z.strictObject({ ...named, state: z.literal('change'), changes: z.array(change).min(1) }),
  z.strictObject({ ...named, state: z.literal('unknown'), until: z.string(), reason: z.string().min(1) }),
])

const handler = z.strictObject({ ...named, reason: z.string().min(1) })

/** What `plan --json` promises to other programs. */
const planSchema = z.strictObject({
  version: z.literal(1),
  host: z.string(),
  site: z.string(),
  machineId: z.string().regex(/^[0-9a-f]{32}$/),
  stateHash: z.string().regex(/^[0-9a-f]{64}$/),
  phases: z.array(z.strictObject({ title: z.string(), steps: z.array(step), handlers: z.array(handler) })),
})

export type PlanDocument = z.output<typeof planSchema>

/** The plan as a program sees it. */
export const planOf = async (flags: string): Promise<PlanDocument> => {
  const { stdout, stderr, exitCode } = await deployFlask(['plan', '-f', flags, '--json'])
  expect(exitCode, stderr).toBe(0)
  return planSchema.parse(JSON.parse(stdout))
}

/** Ids of the steps in a state, in the order of the plan. */
export const stepsIn = ({ phases }: PlanDocument, state: 'ok' | 'change' | 'unknown'): string[] =>
  phases.flatMap(({ steps }) => steps.filter((one) => one.state === state).map(({ id }) => id))

export const handlersIn = ({ phases }: PlanDocument): string[] =>
  phases.flatMap(({ handlers }) => handlers.map(({ id }) => id))
