import { isSource, type Answer, type Command } from '../core/command.js'
import { commandText } from '../core/command-text.js'
import type { Emit } from '../core/event.js'
import type { ReadLine } from '../core/progress.js'
import type { StepId } from '../core/step.js'
import type { RunOptions } from '../transport/transport.js'
import { Lines } from './lines.js'

/** Characters of a command's output: a host that never stops must fill no disk of whoever keeps a log. */
const mostTold = 1_000_000

/** On whose behalf something runs, and who wants to know. */
export interface Teller {
  readonly emit: Emit
  readonly step: StepId
  /** Called when others need not wait for the rest of it. */
  readonly ready?: () => void
}

const tellRead = (told: NonNullable<ReturnType<ReadLine>>, { emit, step, ready }: Teller): void => {
  if ('ready' in told) ready?.()
  else if ('for' in told) emit({ type: 'step.waiting', step, ...told })
  else if ('notice' in told) emit({ type: 'step.notice', step, ...told })
  else emit({ type: 'step.progress', step, ...told })
}

/** Of a stream whose length nobody has said. */
const bytesBetween = 1024 * 1024

/** Tells of each percent that has been sent, or of each megabyte: a stream has thousands of pieces. */
const sending = ({ stdin }: Command, { emit, step }: Teller): RunOptions['onSent'] => {
  if (!isSource(stdin)) return undefined
  const { name, bytes: total } = stdin
  let told = -1
  return (sent) => {
    // the length is a forecast
    const percent = total === undefined ? undefined : Math.min(100, Math.floor((100 * sent) / total))
    const mark = percent ?? Math.floor(sent / bytesBetween)
    if (mark <= told) return
    told = mark
    const measure = total === undefined || percent === undefined ? {} : { percent, total: Math.max(total, sent) }
    emit({ type: 'step.progress', step, what: `sending ${name}`, bytes: sent, ...measure })
  }
}

/** Lines that were printed to be read as progress are no evidence of anything. */
const withoutOwn = (answer: Answer, progress: Command['progress']): Answer => {
  const isOwn = progress?.isOwn
  if (progress === undefined || isOwn === undefined) return answer
  const lines = answer[progress.stream].split('\n').filter((line) => !isOwn(line))
  return { ...answer, [progress.stream]: lines.join('\n') }
}

/** A way to run commands: one that changes the host, or one that only looks. */
export type Runner = (command: Command, options: RunOptions) => Promise<Answer>

/** What is told of one command. */
export interface Told {
  readonly options: Pick<RunOptions, 'onOutput' | 'onSent'>
  /** It begins: one of several that were sent at once may have printed something before that is known here. */
  begin(): void
  /** It has ended; its answer without what was progress only. */
  end(answer: Answer): Answer
  /** Nothing more is heard of it, whether it has ended or not. */
  close(): void
}

/** Tells what a command prints and how far it is while it runs. */
export const tellOf = (command: Command, teller: Teller): Told => {
  const { emit, step } = teller
  const { progress } = command
  const read = progress?.open()
  let room = mostTold
  const hear = (line: string): void => {
    if (room < 0) return
    room -= line.length + 1
    if (room < 0) emit({ type: 'step.notice', step, notice: 'what it says beyond this is not told' })
    else emit({ type: 'step.output', step, text: line })
  }
  const understand = (line: string): void => {
    if (progress?.isOwn?.(line) !== true) hear(line)
    const told = read?.(line)
    if (told !== undefined) tellRead(told, teller)
  }
  const linesOf = (stream: 'stdout' | 'stderr') => new Lines(progress?.stream === stream ? understand : hear)
  const streams = { stdout: linesOf('stdout'), stderr: linesOf('stderr') }
  const early: Parameters<NonNullable<RunOptions['onOutput']>>[] = []
  let hasBegun = false
  const onOutput: RunOptions['onOutput'] = (text, stream) => {
    if (hasBegun) streams[stream].push(text)
    else early.push([text, stream])
  }
  const onSent = sending(command, teller)
  return {
    options: { onOutput, ...(onSent === undefined ? {} : { onSent }) },
    begin() {
      emit({ type: 'step.command', step, run: commandText(command), as: command.as })
      hasBegun = true
      for (const [text, stream] of early.splice(0)) streams[stream].push(text)
    },
    end(answer) {
      const { stdin } = command
      // what was short was sent along with the command
      if (isSource(stdin) && stdin.bytes !== undefined && answer.exitCode === 0) onSent?.(stdin.bytes)
      return withoutOwn(answer, progress)
    },
    close() {
      if (!hasBegun) return
      streams.stdout.end()
      streams.stderr.end()
    },
  }
}

/** Runs a command by itself, and tells of it. */
export const runTold = async (run: Runner, command: Command, teller: Teller): Promise<Answer> => {
  const told = tellOf(command, teller)
  told.begin()
  try {
    return told.end(await run(command, told.options))
  } finally {
    told.close()
  }
}
