import type { CommanderError } from 'commander'
import type { DeployError } from '../errors.js'
import { examples } from './examples.js'
import { usage } from './usage.js'

/** Commander suggests what its help shows, and that is few of all settings. */
const nearOption = async (message: string): Promise<string | undefined> => {
  const [, wrong] = /^error: unknown option '--([^'=]+)/.exec(message) ?? []
  if (wrong === undefined) return undefined
  const [{ nearest }, { settingsTable }] = await Promise.all([
    import('../config/near.js'),
    import('../config/settings-table.js'),
  ])
  const near = nearest(
    wrong,
    settingsTable().map(({ option }) => option),
  )
  return near === undefined ? undefined : `did you mean --${near}?`
}

/** Commander's message as one of our errors: `error: unknown command 'aply'\n(Did you mean apply?)`. */
export const usageOf = async ({ message }: CommanderError, argv: readonly string[]): Promise<DeployError> => {
  const [what = message, commanders] = message.replace(/^error: /, '').split('\n')
  const suggestion = commanders?.replace(/^\((.*)\)$/, '$1').toLowerCase() ?? (await nearOption(message))
  const known = argv[0] !== undefined && argv[0] in examples ? argv[0] : undefined
  const help = `see \`deploy-flask ${known === undefined ? '' : `${known} `}--help\``
  return usage(what, suggestion === undefined ? help : `${suggestion} ${help}`)
}
