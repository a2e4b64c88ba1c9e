import { CommanderError } from 'commander'
import { failureOf } from './commands/failures.js'
import { Interrupts, signals } from './commands/interrupts.js'
import { program, usageOf, type Handlers } from './commands/program.js'
import type { Services } from './commands/services.js'
import { openSession, type Session } from './commands/session.js'
import { annotation, isContinuousIntegration } from './render/annotation.js'
import { coloursFor } from './render/colour.js'
import { errorText } from './render/error.js'
import { processIo, type Io } from './render/out.js'

/** What tests replace. */
export interface Given {
  readonly interrupts?: Interrupts
  readonly services?: Services
}

/** Runs one command line and says with which exit code the process is to end. */
export const main = async (argv: readonly string[], io: Io, given: Given = {}): Promise<number> => {
  const interrupts = given.interrupts ?? new Interrupts((text) => io.stderr.write(text))
  let session: Session | undefined
  let exitCode = 0

  const services = async (): Promise<Services> => given.services ?? (await import('./commands/services.js')).services
  const open = async (...settings: [Session['options'], { events: boolean }]): Promise<Session> =>
    (session = await openSession({ io, interrupts, services: await services() }, ...settings))

  // each command is loaded when it is called: help has to be there at once
  const handlers: Handlers = {
    plan: async (options) => {
      const { plan } = await import('./commands/plan.js')
      exitCode = await plan(await open(options, { events: false }), options)
    },
    apply: async (planFile, options) => {
      const { apply } = await import('./commands/apply.js')
      exitCode = await apply(await open(options, { events: true }), planFile, options)
    },
    explain: async (options) => {
      const { explain } = await import('./commands/explain.js')
      exitCode = await explain(await open(options, { events: false }), options)
    },
    schema: async () => {
      const { schema } = await import('./commands/schema.js')
      exitCode = await schema(io, await services())
    },
  }

  try {
    const root = program(io, handlers)
    if (argv.length === 0) root.outputHelp()
    else await Promise.race([root.parseAsync(argv, { from: 'user' }), interrupts.left])
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const { errors, stack } = failureOf(thrown instanceof CommanderError ? usageOf(thrown, argv) : thrown)
    const colours = session?.colours.progress ?? coloursFor(io.stderr, io, !argv.includes('--no-color'))
    // first whoever shows what was going on
    session?.failed(errors, stack)
    io.stderr.write(errors.map((error) => errorText(error, colours)).join('\n'))
    if (isContinuousIntegration(io.env)) io.stderr.write(errors.map(annotation).join(''))
    if (stack !== undefined && session?.options.verbose === true) io.stderr.write(`${stack}\n`)
    const [{ code, exitCode: failed }] = errors
    return code === 'INTERRUPTED' ? interrupts.exitCode(failed) : failed
  }
}

/** The process around `main`. */
export const run = async (): Promise<void> => {
  const io = processIo()
  const interrupts = new Interrupts((text) => io.stderr.write(text))
  const crashed = (error: unknown): void => interrupts.leave(error)
  process.on('uncaughtException', crashed)
  for (const signal of signals) process.on(signal, interrupts.receive)

  process.exitCode = await main(process.argv.slice(2), io, { interrupts })

  // a command that was left may still hold a connection; otherwise the end is near, and a signal means what it means
  if (interrupts.leaving) process.exit()
  for (const signal of signals) process.off(signal, interrupts.receive)
  process.off('uncaughtException', crashed)
}
