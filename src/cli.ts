import { CommanderError, type Command } from 'commander'
import { failureOf } from './commands/failures.js'
import type { FleetSession } from './commands/fleet-session.js'
import { Interrupts, signals } from './commands/interrupts.js'
import type { FleetOptions } from './commands/options.js'
import { program, type Handlers } from './commands/program.js'
import type { Services } from './commands/services.js'
import { openSession, type Session } from './commands/session.js'
import { usageOf } from './commands/usage-of.js'
import type { Setting } from './config/settings-table.js'
import { annotationsFor } from './render/annotations.js'
import { coloursFor } from './render/colour.js'
import { errorText } from './render/error.js'
import { processIo, type Io } from './render/out.js'

/** What tests replace. */
export interface Given {
  readonly interrupts?: Interrupts
  readonly services?: Services
}

/** Every field of the flags file is an option, too; they are loaded for command lines that hold one of them. */
const parse = async (argv: readonly string[], build: (settings?: readonly Setting[]) => Command): Promise<void> => {
  try {
    await build().parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError) || error.code !== 'commander.unknownOption') throw error
    const { settingsTable } = await import('./config/settings-table.js')
    await build(settingsTable()).parseAsync(argv, { from: 'user' })
  }
}

/** `--version` ends the reading of a command line at once, and would not see what follows. */
const asksForVersions = (argv: readonly string[]): boolean =>
  argv.length === 2 &&
  argv.some((word) => ['-V', '--version'].includes(word)) &&
  argv.some((word) => ['-v', '--verbose'].includes(word))

/** Runs one command line and says with which exit code the process is to end. */
export const main = async (argv: readonly string[], outside: Io, given: Given = {}): Promise<number> => {
  const annotations = annotationsFor(outside)
  const { io } = annotations
  const interrupts = given.interrupts ?? new Interrupts((text) => io.stderr.write(text))
  let session: Session | undefined
  let exitCode = 0

  const services = async (): Promise<Services> => given.services ?? (await import('./commands/services.js')).services
  const open = async (...settings: [Session['options'], { events: boolean }]): Promise<Session> =>
    (session = await openSession({ io, annotations, interrupts, services: await services() }, ...settings))

  const openFleet = async (...settings: [FleetOptions, { events: boolean }]): Promise<FleetSession> => {
    const { openFleetSession } = await import('./commands/fleet-session.js')
    const opened = await openFleetSession({ io, annotations, interrupts, services: await services() }, ...settings)
    session = opened
    return opened
  }

  // each command is loaded when it is called: help has to be there at once
  const handlers: Handlers = {
    init: async (options) => {
      const { wizard } = await import('./commands/wizard.js')
      exitCode = await wizard(await open(options, { events: true }), options)
    },
    adopt: async (host, site, options) => {
      const { adopt } = await import('./commands/adopt.js')
      exitCode = await adopt(await open(options, { events: false }), { host, site }, options)
    },
    plan: async (options) => {
      const { plan } = await import('./commands/plan.js')
      exitCode = await plan(await open(options, { events: false }), options)
    },
    apply: async (planFile, options) => {
      const { apply } = await import('./commands/apply.js')
      exitCode = await apply(await open(options, { events: true }), planFile, options)
    },
    rollback: async (release, options) => {
      const { rollback } = await import('./commands/rollback.js')
      exitCode = await rollback(await open(options, { events: true }), release, options)
    },
    remove: async (options) => {
      const { remove } = await import('./commands/remove.js')
      exitCode = await remove(await open(options, { events: true }), options)
    },
    backup: async (action, name, options) => {
      const { backup } = await import('./commands/backup.js')
      exitCode = await backup(await open(options, { events: false }), action, name, options)
    },
    restore: async (backup, options) => {
      const { restore } = await import('./commands/restore.js')
      exitCode = await restore(await open(options, { events: true }), backup, options)
    },
    status: async (options) => {
      const { status } = await import('./commands/status.js')
      exitCode = await status(await open(options, { events: false }), options)
    },
    verify: async (options) => {
      const { verify } = await import('./commands/verify.js')
      exitCode = await verify(await open(options, { events: false }), options)
    },
    drift: async (options) => {
      const { drift } = await import('./commands/drift.js')
      exitCode = await drift(await open(options, { events: false }), options)
    },
    logs: async (options) => {
      const { logs } = await import('./commands/logs.js')
      exitCode = await logs(await open(options, { events: false }), options)
    },
    run: async (argv, options) => {
      const { run } = await import('./commands/run.js')
      exitCode = await run(await open(options, { events: false }), argv, options)
    },
    shell: async (options) => {
      const { shell } = await import('./commands/shell.js')
      exitCode = await shell(await open(options, { events: false }), options)
    },
    audit: async (options) => {
      const { audit } = await import('./commands/audit.js')
      exitCode = await audit(await open(options, { events: false }), options)
    },
    fleetList: async (options) => {
      const { fleetList } = await import('./commands/fleet-list.js')
      exitCode = await fleetList(await open(options, { events: false }), options)
    },
    fleetPlan: async (options) => {
      const { fleetPlan } = await import('./commands/fleet-plan.js')
      exitCode = await fleetPlan(await openFleet(options, { events: false }), options)
    },
    fleetApply: async (options) => {
      const { fleetApply } = await import('./commands/fleet-apply.js')
      exitCode = await fleetApply(await openFleet(options, { events: true }), options)
    },
    fleetStatus: async (run, options) => {
      const { queue } = options
      if (queue === undefined) {
        const { fleetStatus } = await import('./commands/fleet-status.js')
        exitCode = await fleetStatus(await openFleet(options, { events: false }), options)
        return
      }
      const { queueStatus } = await import('./commands/queue-status.js')
      exitCode = await queueStatus(await open(options, { events: false }), run, { ...options, queue })
    },
    fleetAttach: async (run, options) => {
      const { fleetAttach } = await import('./commands/fleet-attach.js')
      exitCode = await fleetAttach(await openFleet(options, { events: true }), run, options)
    },
    fleetStop: async (run, options) => {
      const { queueStop } = await import('./commands/queue-status.js')
      exitCode = await queueStop(await open(options, { events: false }), run, options)
    },
    fleetBoard: async (options) => {
      const { queueBoard } = await import('./commands/queue-board.js')
      exitCode = await queueBoard(await open(options, { events: false }), options)
    },
    worker: async (options) => {
      const { worker } = await import('./commands/worker.js')
      exitCode = await worker(await openFleet(options, { events: true }), options)
    },
    recover: async (options) => {
      const { recover } = await import('./commands/recover.js')
      exitCode = await recover(await open(options, { events: false }), options)
    },
    doctor: async (options) => {
      const { doctor } = await import('./commands/doctor.js')
      exitCode = await doctor(await open(options, { events: false }), options)
    },
    lock: async (action, options) => {
      const { lock } = await import('./commands/lock.js')
      exitCode = await lock(await open(options, { events: false }), action, options)
    },
    explain: async (code, options) => {
      if (code !== undefined) {
        const { explainCode } = await import('./commands/explain-code.js')
        exitCode = await explainCode(io, code, options)
        return
      }
      const { explain } = await import('./commands/explain.js')
      exitCode = await explain(await open(options, { events: false }), options)
    },
    schema: async (options) => {
      const { schema } = await import('./commands/schema.js')
      exitCode = await schema(io, await services(), options)
    },
    playbooks: async (options) => {
      const { listPlaybooks } = await import('./commands/playbooks.js')
      exitCode = await listPlaybooks(io, options)
    },
    completion: async (shell) => {
      const { printCompletionScript } = await import('./commands/completion.js')
      printCompletionScript(io, shell)
    },
    complete: async (words) => {
      const { printCompletions } = await import('./commands/completion.js')
      const isAboutSettings = words.some((word) => word.startsWith('--') && word.length > 2)
      const settings = isAboutSettings ? (await import('./config/settings-table.js')).settingsTable() : []
      await printCompletions(io, await services(), program(io, handlers, settings), words)
    },
  }

  try {
    const words = argv.length === 0 ? ['init'] : argv
    if (asksForVersions(argv)) {
      const { versionsText } = await import('./commands/versions.js')
      io.stdout.write(await versionsText())
    } else await Promise.race([parse(words, (settings) => program(io, handlers, settings)), interrupts.left])
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const { errors, stack } = failureOf(thrown instanceof CommanderError ? await usageOf(thrown, argv) : thrown)
    const colours = session?.colours.progress ?? coloursFor(io.stderr, io, !argv.includes('--no-color'))
    const verbose = session?.options.verbose === true
    const more = io.stderr.isTTY || verbose
    // first whoever shows what was going on
    session?.failed(errors, stack)
    io.stderr.write(errors.map((error) => errorText(error, colours, { more })).join('\n'))
    if (stack !== undefined && verbose) io.stderr.write(`${stack}\n`)
    annotations.errors(errors)
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
