import type { Command } from 'commander'
import type { Setting } from '../config/settings-table.js'
import { fleetSettings, usualSettings } from '../config/usual-settings.js'
import {
  once,
  patterns,
  readOptions,
  seconds,
  withCommonOptions,
  type FleetApplyFlags,
  type FleetApplyOptions,
  type FleetFlags,
  type FleetOptions,
  type FleetPlanFlags,
  type FleetPlanOptions,
  type FleetStatusFlags,
  type FleetStatusOptions,
} from './options.js'
import { queueHelp, withQueueCommands, type QueueHandlers } from './program-queue.js'

export interface FleetHandlers extends QueueHandlers {
  fleetList(options: FleetOptions): Promise<void>
  fleetPlan(options: FleetPlanOptions): Promise<void>
  fleetApply(options: FleetApplyOptions): Promise<void>
  fleetStatus(run: string | undefined, options: FleetStatusOptions): Promise<void>
}

/** `--host` says which one; who goes through many of them has no use for it. */
const shown = [...usualSettings.filter(({ option }) => option !== 'host'), ...fleetSettings]

const withFleetOptions = (command: Command, settings: readonly Setting[]): Command =>
  withCommonOptions(command, settings, shown)
    .option('-f, --file <file>', 'flags file', once)
    .option('--inventory <file>', 'file that says which hosts there are', once)
    .option('--limit <pattern>', 'only these hosts; several of them: what all of them name', patterns)

/** The commands for one site on many hosts. */
export const withFleetCommands = (root: Command, handlers: FleetHandlers, settings: readonly Setting[]): void => {
  const fleet = root.command('fleet').description('the same site on many hosts: list, plan, apply, status')

  withFleetOptions(fleet.command('list'), settings)
    .description('which hosts there are, their groups, and what differs on each; connects to none')
    .option('--json', 'print them as one JSON document')
    .action((read: FleetFlags, command: Command) => handlers.fleetList(readOptions(read, command)))

  withFleetOptions(fleet.command('plan'), settings)
    .description('look at all hosts and show what apply would do, hosts with the same plan together; changes nothing')
    .option('--playbook <file>', 'run this playbook of yours, a file of TypeScript', once)
    .option('--json', 'print the plans as one JSON document')
    .option('--exit-code', 'exit with 3 when there are differences')
    .action((read: FleetPlanFlags, command: Command) => handlers.fleetPlan(readOptions(read, command)))

  withFleetOptions(fleet.command('apply'), settings)
    .description('bring all hosts to what the flags file wants, after showing all plans and asking once')
    .option('--playbook <file>', 'run this playbook of yours, a file of TypeScript', once)
    .option('-y, --yes', 'do not ask')
    .option('--retry-failed', 'only hosts that failed or were not begun in the last run')
    .option('--queue <url>', `${queueHelp}; they do it`, once)
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .option('--json', 'print one JSON event a line, each with its host')
    .action((read: FleetApplyFlags, command: Command) => handlers.fleetApply(readOptions(read, command)))

  withFleetOptions(fleet.command('status'), settings)
    .description('how the site is on each host, or with --queue: how runs of workers are; changes nothing')
    .argument('[run]', 'with --queue: all there is of this run')
    .option('--queue <url>', `${queueHelp}: its runs`, once)
    .option('--json', 'print it as one JSON document')
    .action((run: string | undefined, read: FleetStatusFlags, command: Command) =>
      handlers.fleetStatus(run, readOptions(read, command)),
    )

  withQueueCommands(root, fleet, handlers)
}
