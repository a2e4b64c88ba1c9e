import type { Command } from './command.js'
import { quoteArgv } from './quote.js'

/** A command as a person could type it; a script of ours is named instead of shown. */
export const commandText = (command: Command): string => command.label ?? quoteArgv(command.argv)
