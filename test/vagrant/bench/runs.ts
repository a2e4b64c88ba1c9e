import type { Run } from '../../../vagrant/bench/measure.js'
import type { Runs } from '../../../vagrant/bench/series.js'
import { sideNames, type SideName } from '../../../vagrant/bench/sides/side.js'

export const runOf = (some: Partial<Run>): Run => ({
  seconds: 1,
  roundTrips: 10,
  sent: 1000,
  received: 2000,
  hostCpu: 0.1,
  ownCpu: 0.2,
  peakMemory: 70,
  ...some,
})

/** Runs of these sides that took so many seconds. */
export const runsOf = (seconds: Partial<Record<SideName, readonly number[]>>): Runs =>
  new Map(
    sideNames.flatMap((side) => {
      const times = seconds[side]
      return times === undefined ? [] : [[side, times.map((time) => runOf({ seconds: time }))] as const]
    }),
  )
