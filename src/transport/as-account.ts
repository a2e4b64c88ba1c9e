import type { Command } from '../core/command.js'

/**
 * A command of the account that logged in, started by root: only root's guard sees the lock and the journal. For the rest
 * it is as if the account itself had started it.
 */
export const asAccount = (user: string, command: Command): Command => ({
  ...command,
  argv: ['sudo', '-n', '-H', '-u', user, '--', 'sh', '-c', 'cd && exec "$@"', 'sh', ...command.argv],
  as: 'root',
})
