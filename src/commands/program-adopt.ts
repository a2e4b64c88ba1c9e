import type { Command } from 'commander'
import type { Setting } from '../config/settings-table.js'
import { once, readOptions, withCommonOptions, type AdoptFlags, type AdoptOptions } from './options.js'

export interface AdoptHandlers {
  adopt(host: string | undefined, site: string | undefined, options: AdoptOptions): Promise<void>
}

/** The command that begins with a site that somebody has made by hand. */
export const withAdoptCommand = (root: Command, handlers: AdoptHandlers, settings: readonly Setting[]): void => {
  withCommonOptions(root.command('adopt'), settings)
    .description('read a site that was made by hand on the host, and write the flags file that describes it')
    .argument('[host]', 'as you would write it for ssh; or --host')
    .argument('[site]', 'where there are several: the name of its file in sites-enabled, or a name that it answers to')
    .option('-f, --file <file>', 'flags file to write; default: deploy-flask.yml', once)
    .option('-y, --yes', 'replace a flags file that is there without asking')
    .action((host: string | undefined, site: string | undefined, read: AdoptFlags, command: Command) =>
      handlers.adopt(host, site, readOptions(read, command)),
    )
}
