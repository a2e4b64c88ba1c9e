import type { Override } from '../config/overrides.js'

/** One host of a fleet, as an inventory names it. */
export interface FleetHost {
  /** What it is called in patterns and reports; the same in each run. */
  readonly name: string
  /** The groups that it is in, without `all`. */
  readonly groups: readonly string[]
  /**
   * What is particular to it: `host`, and every other field of the flags file that is different there. Stronger than the
   * flags file, weaker than an option.
   */
  readonly overrides: readonly Override[]
}
