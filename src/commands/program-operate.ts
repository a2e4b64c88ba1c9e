import type { Command } from 'commander'
import type { Setting } from '../config/settings-table.js'
import {
  ago,
  lines,
  once,
  readOptions,
  withCommonOptions,
  type AuditFlags,
  type AuditOptions,
  type CommonFlags,
  type CommonOptions,
  type DoctorFlags,
  type DoctorOptions,
  type DriftFlags,
  type DriftOptions,
  type LogsFlags,
  type LogsOptions,
  type RunFlags,
  type RunOptions,
  type StatusOptions,
} from './options.js'

export interface OperatingHandlers {
  verify(options: CommonOptions): Promise<void>
  status(options: StatusOptions): Promise<void>
  drift(options: DriftOptions): Promise<void>
  logs(options: LogsOptions): Promise<void>
  run(argv: readonly string[], options: RunOptions): Promise<void>
  shell(options: CommonOptions): Promise<void>
  audit(options: AuditOptions): Promise<void>
  doctor(options: DoctorOptions): Promise<void>
}

/** The commands for a site that is online: none of them changes it. */
export const withOperatingCommands = (
  root: Command,
  handlers: OperatingHandlers,
  settings: readonly Setting[],
): void => {
  withCommonOptions(root.command('status'), settings)
    .description('how the site is: releases, processes, requests, errors, and what differs from the flags file')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--json', 'print it as one JSON document')
    .action((read: CommonFlags, command: Command) => handlers.status(readOptions(read, command)))

  withCommonOptions(root.command('verify'), settings)
    .description(
      'prove that the site works, from Apache to the answer, and that every other site answers; changes nothing',
    )
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--json', 'print it as one JSON document')
    .action((read: CommonFlags, command: Command) => handlers.verify(readOptions(read, command)))

  withCommonOptions(root.command('drift'), settings)
    .description(
      'tell what was changed on the host by others from what the flags file or the code wants since; changes nothing',
    )
    .option('-f, --file <file>', 'flags file', once)
    .option('--json', 'print it as one JSON document')
    .option('--exit-code', 'exit with 3 when there are differences')
    .action((read: DriftFlags, command: Command) => handlers.drift(readOptions(read, command)))

  withCommonOptions(root.command('logs'), settings)
    .description('both logs of the site in the order of time; values of its secrets are masked')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--follow', 'go on with what is written from now on, until Ctrl-C')
    .option('--since <time>', 'only what is younger: 30s, 15m, 2h, 7d', ago)
    .option('-n, --lines <number>', 'only the last lines; 50 without --since', lines)
    .action((read: LogsFlags, command: Command) => handlers.logs(readOptions(read, command)))

  withCommonOptions(root.command('run'), settings)
    .description('run a command on the host as the account of the site, with its settings, in its environment')
    .argument('<command...>', 'after --, as it would be typed there: -- flask db upgrade')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--stdin', 'hand standard input on to the command')
    .action((argv: readonly string[], read: RunFlags, command: Command) =>
      handlers.run(argv, readOptions(read, command)),
    )

  withCommonOptions(root.command('shell'), settings)
    .description('a shell on the host as the account of the site, with its settings, in its environment')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .action((read: CommonFlags, command: Command) => handlers.shell(readOptions(read, command)))

  withCommonOptions(root.command('audit'), settings)
    .description('who did what to the site, and when: kept on the host')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--all', 'of all sites of the host')
    .option('-n, --lines <number>', 'how many runs, the last ones; 20', lines)
    .option('--json', 'print them as one JSON document')
    .action((read: AuditFlags, command: Command) => handlers.audit(readOptions(read, command)))

  withCommonOptions(root.command('doctor'), settings)
    .description(
      'examine a site and its host for the failures that are known, and say cause and remedy; changes nothing',
    )
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option(
      '--since <time>',
      'look back so far in the logs, not only to when the application was loaded: 15m, 2h, 7d',
      ago,
    )
    .option('--json', 'print what was found as one JSON document')
    .action((read: DoctorFlags, command: Command) => handlers.doctor(readOptions(read, command)))
}
