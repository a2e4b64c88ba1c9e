import { InvalidArgumentError, type Command } from 'commander'
import { once, readOptions, seconds } from './options.js'
import type {
  AttachFlags,
  AttachOptions,
  BoardFlags,
  BoardOptions,
  QueueFlags,
  QueueOptions,
  WorkerFlags,
  WorkerOptions,
} from './options-queue.js'

export interface QueueHandlers {
  worker(options: WorkerOptions): Promise<void>
  fleetAttach(run: string, options: AttachOptions): Promise<void>
  fleetStop(run: string, options: QueueOptions): Promise<void>
  fleetBoard(options: BoardOptions): Promise<void>
}

export const queueHelp = 'Redis that hands hosts to workers: redis[s]://HOST:PORT/DB, unix:///PATH, env:NAME, file:PATH'

const numberUpTo =
  (least: number, most: number) =>
  (text: string, before: unknown): number => {
    once(text, before)
    if (!/^\d{1,5}$/.test(text) || Number(text) < least || Number(text) > most) {
      throw new InvalidArgumentError(`It is a number from ${least} to ${most}.`)
    }
    return Number(text)
  }

const withQueue = (command: Command): Command =>
  command
    .option('--queue <url>', queueHelp, once)
    .option('-q, --quiet', 'show only results and errors')
    .option('-v, --verbose', 'show more')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')

/** The commands for fleets whose hosts are handed to workers; `fleet` is the command that they belong to. */
export const withQueueCommands = (root: Command, fleet: Command, handlers: QueueHandlers): void => {
  withQueue(root.command('worker'))
    .description('take part in the runs that fleet apply --queue gives, until it is stopped (SIGTERM: hosts end first)')
    .option('--directory <folder>', 'folder with the flags file, the code and the inventory; default: here', once)
    .option('--parallel <number>', 'hosts in flight at the same time; 20', numberUpTo(1, 500))
    .option('--playbook <file>', 'take part in runs with this playbook, too', once)
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host; 300', seconds)
    .option('--accept-new-host-key', 'trust a host that known_hosts does not name yet, and add its key')
    .option('--log <file>', 'write everything that happens to this file, as JSON lines', once)
    .option('--json', 'print one JSON event a line')
    .action((read: WorkerFlags, command: Command) => handlers.worker(readOptions(read, command)))

  withQueue(fleet.command('attach'))
    .description('follow a run that was given to workers before')
    .argument('<run>', 'as fleet status --queue names it')
    .option('--log <file>', 'write everything that happens to this file, as JSON lines', once)
    .option('--json', 'print one JSON event a line, each with its host')
    .action((run: string, read: AttachFlags, command: Command) => handlers.fleetAttach(run, readOptions(read, command)))

  withQueue(fleet.command('stop'))
    .description('begin no further host of a run that was given to workers; those in flight end as they do')
    .argument('<run>', 'as fleet status --queue names it')
    .action((run: string, read: QueueFlags, command: Command) => handlers.fleetStop(run, readOptions(read, command)))

  withQueue(fleet.command('board'))
    .description('show the queues in a browser (Bull Board), for looking only, until Ctrl-C')
    .option('--port <number>', 'of this computer; 3000, and 0 takes any that is free', numberUpTo(0, 65_535))
    .option('--address <address>', 'of this computer; 127.0.0.1, so that nobody else can look', once)
    .action((read: BoardFlags, command: Command) => handlers.fleetBoard(readOptions(read, command)))
}
