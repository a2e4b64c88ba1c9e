import { say } from '../cache.js'
import { createGuest, type Guest } from '../guest.js'
import { changeCode, refuseOldCode } from './change.js'
import { overLine } from './line.js'
import { measure, type MeasuredRun, type Run } from './measure.js'
import { RunFailed } from './metered.js'
import { lookFromOutside } from './outside.js'
import type { Side, SideName } from './sides/side.js'
import { spoil } from './spoil.js'

/** The runs of each side, in the order in which they were made. */
export type Runs = ReadonlyMap<SideName, readonly Run[]>

/** One guest for each side, on which it has deployed. */
export type Guests = Map<SideName, Guest>

/** What a series is made with. */
export interface Series {
  readonly sides: readonly Side[]
  readonly guests: Guests
  /** Milliseconds. */
  readonly roundTrip: number
  readonly rounds: number
  /** For files that are thrown away. */
  readonly folder: string
}

/**
 * First deployments, each on a pristine guest of its own. The guests of the last round stay in `guests`; whoever has
 * put a guest there before loses it. The order changes from round to round, because whoever comes first warms caches.
 */
export async function firstDeployments({ sides, guests, roundTrip, rounds, folder }: Series): Promise<Runs> {
  const runs = new Map<SideName, Run[]>()
  for (let round = 0; round < rounds; round++) {
    for (const side of rotated(sides, round)) {
      await guests.get(side.name)?.destroy()
      const guest = await createGuest('pristine', `bench-${side.name}`)
      guests.set(side.name, guest)
      const { run, printed } = await overLine(guest, roundTrip, folder, (line) => measure(side, guest, line))
      await refuseOtherResult(side, guest, printed)
      say(`first deployment, ${side.label}: ${run.seconds.toFixed(1)} s`)
      add(runs, side, run)
    }
  }
  return runs
}

/** Runs on guests that are as wanted: none of them may change anything, or say that it has. */
export async function nothingToDo(series: Series): Promise<Runs> {
  return await inTurns(series, {
    prepare: () => Promise.resolve(),
    check: (side, _guest, { printed }) => {
      if (side.foundNothingToDo(printed)) return Promise.resolve()
      throw new RunFailed(`${side.label} found something to do:\n${printed}`)
    },
  })
}

/** Each must notice what somebody has spoiled on its guest, and repair it: nobody is faster for having looked at less. */
export async function repairs({ sides, guests, folder }: Omit<Series, 'roundTrip' | 'rounds'>): Promise<void> {
  for (const side of sides) {
    const guest = guestOf(guests, side)
    await spoil(guest, side.site)
    const { printed } = await overLine(guest, 0, folder, (line) => measure(side, guest, line))
    await refuseOtherResult(side, guest, printed)
    say(`what was spoiled is repaired by ${side.label}`)
  }
}

/** Runs after one file of the code has changed. The next request must be answered by the new code. */
export async function codeUpdates(series: Series): Promise<Runs> {
  const number = (round: number): number => series.roundTrip * 10_000 + round + 2
  return await inTurns(series, {
    prepare: async (side, round) => await changeCode(side.site, number(round)),
    check: async (side, guest, _measured, round) => await refuseOldCode(guest, side.site, number(round)),
  })
}

interface Around {
  prepare(side: Side, round: number): Promise<void>
  check(side: Side, guest: Guest, measured: MeasuredRun, round: number): Promise<void>
}

/** In turns, so that whatever else this machine does meets all alike. The first round fills caches and is not counted. */
async function inTurns({ sides, guests, roundTrip, rounds, folder }: Series, around: Around): Promise<Runs> {
  const runs = new Map<SideName, Run[]>()
  for (let round = -1; round < rounds; round++) {
    for (const side of rotated(sides, round + 1)) {
      const guest = guestOf(guests, side)
      await around.prepare(side, round)
      const measured = await overLine(guest, roundTrip, folder, (line) => measure(side, guest, line))
      await around.check(side, guest, measured, round)
      if (round >= 0) add(runs, side, measured.run)
    }
  }
  return runs
}

export function guestOf(guests: Guests, side: Side): Guest {
  const guest = guests.get(side.name)
  if (guest === undefined) throw new Error(`${side.label} has not deployed anything`)
  return guest
}

async function refuseOtherResult(side: Side, guest: Guest, printed: string): Promise<void> {
  const wrong = await lookFromOutside(guest, side.site)
  if (wrong.length === 0) return
  throw new RunFailed(`${side.label} has not done the deployment:\n${wrong.join('\n')}\n\nit said:\n${printed}`)
}

function add(runs: Map<SideName, Run[]>, side: Side, run: Run): void {
  runs.set(side.name, [...(runs.get(side.name) ?? []), run])
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const first = by % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}
