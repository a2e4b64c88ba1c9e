import { Argument, Command } from 'commander'
import type { Io } from '../render/out.js'
import type { Setting } from '../config/settings-table.js'
import {
  once,
  readOptions,
  seconds,
  withCommonOptions,
  withSettings,
  type ApplyFlags,
  type ApplyOptions,
  type CommonFlags,
  type CommonOptions,
  type ExplainFlags,
  type ExplainOptions,
  lockActions,
  type LockAction,
  type LockOptions,
  type PlanFlags,
  type PlanOptions,
  type RecoverFlags,
  type RecoverOptions,
  type RemoveFlags,
  type RemoveOptions,
  type RollbackFlags,
  type RollbackOptions,
  type SchemaOptions,
} from './options.js'
import { withAdoptCommand, type AdoptHandlers } from './program-adopt.js'
import { withDataCommands, type DataHandlers } from './program-data.js'
import { withFleetCommands, type FleetHandlers } from './program-fleet.js'
import { withOperatingCommands, type OperatingHandlers } from './program-operate.js'
import { shells, type Shell } from './completion-scripts.js'
import { withExamples } from './examples.js'
import { version } from './version.js'

export interface Handlers extends AdoptHandlers, DataHandlers, FleetHandlers, OperatingHandlers {
  /** The wizard. */
  init(options: ApplyOptions): Promise<void>
  plan(options: PlanOptions): Promise<void>
  apply(planFile: string | undefined, options: ApplyOptions): Promise<void>
  rollback(release: string | undefined, options: RollbackOptions): Promise<void>
  remove(options: RemoveOptions): Promise<void>
  recover(options: RecoverOptions): Promise<void>
  lock(action: LockAction, options: LockOptions): Promise<void>
  explain(code: string | undefined, options: ExplainOptions): Promise<void>
  schema(options: SchemaOptions): Promise<void>
  playbooks(options: Pick<CommonOptions, 'color'>): Promise<void>
  completion(shell: Shell): Promise<void>
  /** Asked by the shell, with the words so far. */
  complete(words: readonly string[]): Promise<void>
}

const exitCodes = `
Exit codes: 0 done, or nothing to do; 1 the host refused, what was changed is undone (verify: something fails);
2 usage, configuration or an unfit host, nothing was changed; 3 plan and drift --exit-code: differences, doctor:
something was found; 4 connection, host key, login or sudo; 5 undone incompletely, a person is needed; 70 a bug; 75
another run is at work on the host; 129, 130, 143 interrupted or declined.`

/**
 * The command line. It prints nothing on its own and never ends the process: its errors are thrown. `settings` are the
 * fields of the flags file that may be given as options; loading them takes longer than everything else here.
 */
export const program = (io: Io, handlers: Handlers, settings: readonly Setting[] = []): Command => {
  const root = new Command('deploy-flask')
    .description(
      'Puts a Flask application on an Ubuntu 18.04 host under Apache + mod_wsgi, beside whatever that Apache ' +
        'already serves, over SSH. Nothing has to be installed on the host first.',
    )
    .version(
      version(),
      '-V, --version',
      'print the version; with --verbose, those of everything that a bug report needs',
    )
    .addHelpText('after', exitCodes)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
    })

  withCommonOptions(root.command('init'), settings)
    .description(
      'ask what cannot be found out, show the plan, do it, and write the flags file (also: no command at all)',
    )
    .action((read: ApplyFlags, command: Command) => handlers.init(readOptions(read, command)))

  withAdoptCommand(root, handlers, settings)
  withCommonOptions(root.command('plan'), settings)
    .description('look at the host and show what apply would do; changes nothing')
    .option('-f, --file <file>', 'flags file', once)
    .option('--playbook <file>', 'run this playbook of yours, a file of TypeScript', once)
    .option('--json', 'print the plan as one JSON document')
    .option('--exit-code', 'exit with 3 when there are differences')
    .option('--out <planfile>', 'save the plan, to be applied exactly as it is', once)
    .action((read: PlanFlags, command: Command) => handlers.plan(readOptions(read, command)))

  withCommonOptions(root.command('apply'), settings)
    .description('bring the host to what the flags file wants, after showing the plan and asking once')
    .argument('[planfile]', 'apply this saved plan, without asking: the file is the approval')
    .option('-f, --file <file>', 'flags file', once)
    .option('--playbook <file>', 'run this playbook of yours, a file of TypeScript', once)
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show the plan')
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .option('--json', 'print one JSON event a line')
    .action((planFile: string | undefined, read: ApplyFlags, command: Command) =>
      handlers.apply(planFile, readOptions(read, command)),
    )

  withCommonOptions(root.command('rollback'), settings)
    .description('put a release online again that was online before: the last good one, or the one that is named')
    .argument('[release]', 'name of a release, or the beginning of its time or of its hash')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show the plan')
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .option('--json', 'print one JSON event a line')
    .action((release: string | undefined, read: RollbackFlags, command: Command) =>
      handlers.rollback(release, readOptions(read, command)),
    )

  withCommonOptions(root.command('remove'), settings)
    .description('take the site off the host again, and leave the host as it was before, but for what is listed first')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--data', 'also its data and its logs: databases, uploads; nothing brings them back')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show the plan, and what stays')
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .option('--json', 'print one JSON event a line')
    .action((read: RemoveFlags, command: Command) => handlers.remove(readOptions(read, command)))
  withDataCommands(root, handlers, settings)

  withOperatingCommands(root, handlers, settings)

  withFleetCommands(root, handlers, settings)

  withCommonOptions(root.command('recover'), settings)
    .description('show what a run that was cut off has left half done on the host, and take it back')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show it')
    .option('--discard', 'instead: let go of it, taking nothing back')
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .action((read: RecoverFlags, command: Command) => handlers.recover(readOptions(read, command)))

  withCommonOptions(root.command('lock'), settings)
    .description('see who is changing the host, or free it where he is not heard of any more')
    .addArgument(new Argument('<action>', 'what to do: release refuses a holder that is alive').choices(lockActions))
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--json', 'print the status as one JSON document')
    .action((action: LockAction, read: CommonFlags, command: Command) =>
      handlers.lock(action, readOptions(read, command)),
    )

  withSettings(root.command('explain'), settings)
    .description('show all steps of a run, and why each is there; or explain the code of an error. Connects to no host')
    .argument('[code]', 'code of an error: APT_LOCKED')
    .option(
      '--origins',
      'instead: each setting, its value, and who says it: option, environment variable, file or default',
    )
    .option('--vhost', "instead: Apache's files and the WSGI scripts, each directive with the setting that causes it")
    .option('-f, --file <file>', 'flags file', once)
    .option('-v, --verbose', 'show more of an error')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
    .action((code: string | undefined, read: ExplainFlags, command: Command) =>
      handlers.explain(code, readOptions(read, command)),
    )

  root
    .command('schema')
    .description('print the JSON Schema of the flags file, for editors')
    .option('--events', 'instead: of the lines that apply --json prints, and --log writes')
    .option('--fleet', 'instead: of what fleet list, plan and status print with --json')
    .option('--inventory', 'instead: of an inventory, a file that names the hosts of a fleet')
    .action((options: SchemaOptions) => handlers.schema(options))

  root
    .command('playbooks')
    .description('list the playbooks that come with the program')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
    .action((options: Pick<CommonOptions, 'color'>) => handlers.playbooks(options))

  root
    .command('completion')
    .description('print what makes a shell complete commands, options, hosts and files at TAB')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: Shell) => handlers.completion(shell))

  root
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action((words: readonly string[]) => handlers.complete(words))

  return withExamples(root)
}
