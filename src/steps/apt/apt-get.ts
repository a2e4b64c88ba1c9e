import type { InputlessCommand } from '../../core/command.js'
import { aptScript } from './apt-script.js'
import { aptProgress } from './progress.js'

/** How patient apt-get is, in seconds. */
export interface AptPatience {
  /** With others that use apt or dpkg, or are setting up the host, all together. */
  readonly lock: number
  /** With a package of which nothing is heard while it is being installed. */
  readonly stall: number
}

export const usualPatience: AptPatience = { lock: 300, stall: 1800 }

/** A slow line may take hours, and none of them in silence: silence has a bound of its own. */
const longest = 24 * 3600

/**
 * apt-get as root that never asks, keeps an administrator's configuration files, and takes a mirror that cannot be
 * reached for an error.
 */
export const aptGet = (patience: AptPatience, ...args: readonly string[]): InputlessCommand => ({
  argv: ['python3', '-I', '-c', aptScript, String(patience.lock), String(patience.stall), ...args],
  as: 'root',
  label: `apt-get ${args.join(' ')}`,
  seconds: longest,
  lasting: true,
  progress: aptProgress,
})

/**
 * The lists of packages are brought up to date, without the translations of their descriptions, which are a quarter of it
 * all. Those that the host has stay as they are until its own next update.
 */
export const aptUpdate = (patience: AptPatience): InputlessCommand => ({
  ...aptGet(patience, '-o', 'Acquire::Languages=none', '-o', 'APT::Get::List-Cleanup=false', 'update'),
  label: 'apt-get update',
})
