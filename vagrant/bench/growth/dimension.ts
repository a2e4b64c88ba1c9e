import type { Guest } from '../../guest.js'

/** Where a series of sizes is measured. */
export interface Ground {
  /** mod_wsgi is there, and the small site is deployed. */
  readonly guest: Guest
  /** Of this series, and thrown away after it. */
  readonly folder: string
}

/** One thing that can become larger. */
export interface Dimension {
  readonly name: string
  /** What one more is. */
  readonly unit: string
  /** The smallest first. */
  readonly sizes: readonly number[]
  /** Makes it so large. Answers the settings that differ from those of the small site. */
  prepare(ground: Ground, size: number): Promise<Readonly<Record<string, unknown>>>
  /** Leaves the guest as it was, for the next series. */
  tidy?(ground: Ground): Promise<void>
}
