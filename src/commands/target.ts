import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Phase } from '../core/playbook.js'
import type { Connection, Site } from '../core/site.js'
import type { FlagsFile } from '../config/schema.js'
import { visible } from '../core/sanitise.js'
import { inputsOf, type Inputs } from './inputs.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

/** What is wanted and where, before anybody connects. */
export interface Target {
  /** Absolute path of the flags file. */
  readonly file: string
  readonly site: Site
  readonly connection: Connection
  readonly phases: readonly Phase[]
  readonly inputs: Inputs
  /** Names the release; a saved plan is applied with the time of that plan. */
  readonly time: Date
}

export interface Wanted {
  readonly file: string
  readonly host: string | undefined
  readonly sshConfigFile: string | undefined
  readonly time: Date
}

/** The file may say `user` too; a user in front of the address that was typed is meant more. */
const withHost = async (flags: FlagsFile, host: string | undefined): Promise<FlagsFile> => {
  if (host === undefined) return flags
  const { hostAddress } = await import('../config/fields.js')
  const checked = hostAddress.safeParse(host)
  if (!checked.success) {
    const reasons = checked.error.issues.map((issue) => issue.message).join('; ')
    throw usage(`--host ${visible(host)}: ${reasons}`, 'name the host as you would for ssh')
  }
  const { user, ...ssh } = flags.ssh
  return { ...flags, host, ssh: host.includes('@') || user === undefined ? ssh : { ...ssh, user } }
}

/** Reads everything that is wanted; `dial` is told where before the code is read. */
export const findTarget = async (
  session: Session,
  wanted: Wanted,
  dial?: (connection: Connection) => void,
): Promise<Target> => {
  const { io, annotations, services, options, colours } = session
  const { flags, directory, where, warnings } = await services.loadFlagsFile(wanted.file)
  if (options.quiet !== true) {
    for (const warning of warnings) {
      io.stderr.write(`${colours.progress.yellow('warning:')} ${visible(warning)}\n`)
      annotations.warning(warning)
    }
  }
  const file = resolve(io.cwd, wanted.file)
  const withOptions = (connection: Connection): Connection => ({
    ...connection,
    acceptNewHostKey: connection.acceptNewHostKey || options.acceptNewHostKey === true,
    ...(wanted.sshConfigFile === undefined ? {} : { sshConfigFile: resolve(io.cwd, wanted.sshConfigFile) }),
  })
  const around = {
    directory,
    env: io.env,
    now: wanted.time,
    file,
    where,
    dial: (connection: Connection) => dial?.(withOptions(connection)),
  }
  const { site, connection } = await services.resolveSite(await withHost(flags, wanted.host), around)
  return {
    file,
    site,
    connection: withOptions(connection),
    phases: await services.phases(site),
    inputs: inputsOf(await readFile(file), site),
    time: wanted.time,
  }
}
