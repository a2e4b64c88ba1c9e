import type { Command } from '../core/command.js'
import { commandText as plain } from '../core/command-text.js'
import { visible } from '../core/sanitise.js'

/** A command as it can be shown on a terminal: nothing in it is invisible. */
export const commandText = (command: Command): string => visible(plain(command))
