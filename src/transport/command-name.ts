import type { Command } from '../core/command.js'
import { quoteArgv } from '../core/quote.js'

/** How a command is named in messages. */
export const nameOf = (command: Command): string => {
  const name = command.label ?? quoteArgv(command.argv)
  return name.length > 200 ? `${name.slice(0, 199)}…` : name
}
