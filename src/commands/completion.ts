import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Io } from '../render/out.js'
import { exitCodes } from '../errors.js'
import { visible } from '../core/sanitise.js'
import { complete } from './complete.js'
import { completionScripts, type Shell } from './completion-scripts.js'
import type { Services } from './services.js'
import { siteNames } from './site-names.js'

/** What a shell has to be told once, so that it asks `__complete` at each TAB. */
export const printCompletionScript = (io: Io, shell: Shell): void => io.stdout.write(completionScripts[shell])

/** Asked by those scripts: a line for each word that may stand there, with a tab in front of what it is. */
export const printCompletions = async (
  io: Io,
  { sshHosts }: Pick<Services, 'sshHosts'>,
  root: Command,
  line: readonly string[],
): Promise<void> => {
  const hosts = async (configFile: string | undefined): Promise<readonly string[]> => {
    const found = await sshHosts(configFile === undefined ? undefined : resolve(io.cwd, configFile))
    return found.map(({ value }) => value)
  }
  const completion = await complete(root, line, {
    codes: Object.keys(exitCodes),
    hosts,
    sites: () => siteNames(io.cwd),
    fleet: async (source) => (await import('./fleet-names.js')).fleetNames(io, source),
  })
  if (completion === 'files') io.stdout.write(':files\n')
  else {
    for (const { value, description } of completion) io.stdout.write(`${visible(value)}\t${visible(description)}\n`)
  }
}
