import type { Command } from '../core/command.js'
import { quoteArgv } from '../core/quote.js'
import { visible } from './sanitise.js'

/** What will run, as a person could type it; a script of ours is named instead of shown. */
export const commandText = (command: Command): string => visible(command.label ?? quoteArgv(command.argv))
