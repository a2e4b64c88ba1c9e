import type { Command } from '../core/command.js'
import { quoteArgv } from '../core/quote.js'

/** A command as people read it. */
export const shownCommand = (command: Command): string => command.label ?? quoteArgv(command.argv)
