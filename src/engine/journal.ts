import { z } from 'zod'
import type { InputlessCommand } from '../core/command.js'
import type { Change, StepId } from '../core/step.js'
import { DeployError } from '../errors.js'
import { journalFile, undoFolder } from '../core/host-paths.js'
import { holder, type Holder } from './holder.js'

/** What no argument can hold is in no journal of ours. */
const text = z
  .string()
  .max(1_000_000)
  .regex(/^[^\0\p{Surrogate}]*$/u)

const command = z.object({
  argv: z.tuple([text], text),
  as: z.enum(['login', 'root']),
  label: text.exactOptional(),
  seconds: z.number().exactOptional(),
  lasting: z.boolean().exactOptional(),
})

const stepId = z.custom<StepId>((value) => typeof value === 'string' && /^[\w-]+\.[\w-]+$/.test(value))

/** A change that was begun, and what takes it back. */
const begun = z.object({
  phase: text,
  step: stepId,
  subject: text,
  undo: z.array(command),
  /** Nothing refers to it yet: whoever goes on with the same site may go on with it. */
  inert: z.boolean(),
})

/** The service is acted upon: after everything was taken back, this makes it take over what was restored. */
const acted = z.object({
  phase: text,
  step: stepId,
  subject: text,
  restore: z.array(command),
  /** Commands that end with 0 only where all is as before. */
  proofs: z.array(z.object({ title: text, command })),
})

const line = z.union([z.object({ run: holder }), z.object({ begun }), z.object({ acted })])

export type Begun = z.output<typeof begun>
export type Acted = z.output<typeof acted>

/** What a run has not finished: in the order in which it was begun. */
export interface Journal {
  readonly run: Holder | undefined
  readonly begun: readonly Begun[]
  readonly acted: Acted | undefined
}

/** Not known by its type where a playbook was loaded, for that is not checked. */
const needsInput = (label: string): DeployError =>
  new DeployError('PLAYBOOK_INVALID', {
    what: `what takes a change back must not read stdin: ${label}`,
    remedy: 'keep what it needs in a file of the host before the change is made, as fileChange does',
  })

const asWritten = ({ argv, as, label, seconds, lasting, stdin }: InputlessCommand): z.input<typeof command> => {
  if (stdin !== undefined) throw needsInput(label ?? argv[0])
  return {
    argv: [...argv],
    as,
    ...(label === undefined ? {} : { label }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(lasting === undefined ? {} : { lasting }),
  }
}

const written = (entry: z.input<typeof line>): string => `${JSON.stringify(entry)}\n`

export const runLine = (run: Holder): string => written({ run })

export const begunOf = (phase: string, step: StepId, { subject, undo = [], inert = false }: Change): Begun => ({
  phase,
  step,
  subject,
  undo: undo.map(asWritten),
  inert,
})

export const begunLine = (entry: Begun): string => written({ begun: entry })

export const actedLine = (
  entry: Omit<Acted, 'restore' | 'proofs'>,
  restore: readonly InputlessCommand[],
  proofs: readonly { readonly title: string; readonly command: InputlessCommand }[],
): string =>
  written({
    acted: {
      ...entry,
      restore: restore.map(asWritten),
      proofs: proofs.map((proof) => ({ title: proof.title, command: asWritten(proof.command) })),
    },
  })

const unreadable = (evidence: string): DeployError =>
  new DeployError('UNDO_INCOMPLETE', {
    what: 'a run before this one was cut off, and what it has noted for taking it back cannot be read',
    where: journalFile,
    evidence,
    remedy:
      `a newer deploy-flask may have written it: use that one. Otherwise look at ${undoFolder} of the host, where replaced ` +
      'files lie, and then let go of it with "deploy-flask recover --discard"',
  })

/** The last line may be torn, when the power was cut: its change was never begun. */
export const parseJournal = (content: string): Journal => {
  const lines = content.split('\n').slice(0, -1)
  const entries = lines.map((one) => {
    try {
      return line.parse(JSON.parse(one))
    } catch {
      throw unreadable(one.slice(0, 500))
    }
  })
  return {
    run: entries.flatMap((entry) => ('run' in entry ? [entry.run] : []))[0],
    begun: entries.flatMap((entry) => ('begun' in entry ? [entry.begun] : [])),
    acted: entries.flatMap((entry) => ('acted' in entry ? [entry.acted] : [])).at(-1),
  }
}
