import { Argument, type Command } from 'commander'
import type { Setting } from '../config/settings-table.js'
import {
  backupActions,
  once,
  readOptions,
  seconds,
  withCommonOptions,
  type BackupAction,
  type BackupFlags,
  type BackupOptions,
  type RestoreFlags,
  type RestoreOptions,
} from './options.js'

export interface DataHandlers {
  backup(action: BackupAction, name: string | undefined, options: BackupOptions): Promise<void>
  restore(backup: string, options: RestoreOptions): Promise<void>
}

/** The commands that are about the data of a site. */
export const withDataCommands = (root: Command, handlers: DataHandlers, settings: readonly Setting[]): void => {
  withCommonOptions(root.command('backup'), settings)
    .description(
      'back up the SQLite databases of the site while they are in use; or list the backups on the host, or fetch one',
    )
    .addArgument(new Argument('[action]', 'what to do').choices(backupActions).default('create'))
    .argument('[name]', 'fetch: name of a backup, or its beginning; default: the last one')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('--to <folder>', 'fetch: folder of this computer; default: the one that you are in', once)
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .option('--json', 'print it as one JSON document')
    .action((action: BackupAction, name: string | undefined, read: BackupFlags, command: Command) =>
      handlers.backup(action, name, readOptions(read, command)),
    )

  withCommonOptions(root.command('restore'), settings)
    .description(
      'make the SQLite databases of the site what they were when a backup was made; that of now is kept, too',
    )
    .argument('<backup>', 'name of a backup, or its beginning')
    .option('-f, --file <file>', 'flags file, which says where', once)
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'only show the plan')
    .option('--lock-wait <seconds>', 'wait so long for another run on the same host', seconds)
    .option('--json', 'print one JSON event a line')
    .action((backup: string, read: RestoreFlags, command: Command) =>
      handlers.restore(backup, readOptions(read, command)),
    )
}
