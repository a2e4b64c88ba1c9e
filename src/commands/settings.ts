import type { LoadedFlags } from '../config/load.js'
import type { Override } from '../config/overrides.js'
import { holdsVariables } from '../config/usual-settings.js'
import type { Whereabouts } from '../core/site.js'
import { visible } from '../core/sanitise.js'
import type { Session } from './session.js'

/** What options and variables say. Most runs have neither, and then nothing is loaded for them. */
export const givenSettings = async ({ io, options, services }: Session): Promise<readonly Override[]> => {
  const isGiven = options.settings.size > 0 || holdsVariables(io.env)
  return isGiven ? services.overrides({ options: options.settings, env: io.env, cwd: io.cwd }) : []
}

/** Of what was given, what says where and not what: a saved plan may be applied through another way to the same host. */
export const isAboutTheWay = ({ path }: Override): boolean => path[0] === 'host' || path[0] === 'ssh'

interface Wanted {
  readonly file: string | undefined
  readonly overrides: readonly Override[]
}

/** From the flags file and everything that is stronger. */
export const loadSettings = async (
  session: Session,
  { file, overrides }: Wanted,
  found?: (whereabouts: Whereabouts) => Promise<void>,
): Promise<LoadedFlags> => {
  const { io, services } = session
  const loaded = await services.loadSettings({ file, overrides, cwd: io.cwd, env: io.env }, found)
  warn(session, [...(await strays(session)), ...loaded.warnings])
  return loaded
}

/** What is allowed and still often not what was meant. */
export const warn = ({ io, annotations, options, colours }: Session, warnings: readonly string[]): void => {
  if (options.quiet === true) return
  for (const warning of warnings) {
    io.stderr.write(`${colours.progress.yellow('warning:')} ${visible(warning)}\n`)
    annotations.warning(warning)
  }
}

const strays = async ({ io, services }: Session): Promise<readonly string[]> =>
  holdsVariables(io.env) ? services.strayVariables(io.env) : []
