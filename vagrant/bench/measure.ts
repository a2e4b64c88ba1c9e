import type { Guest } from '../guest.js'
import { median, type Figure } from './figures.js'
import { openLine } from './line.js'
import { countProcesses } from './processes.js'
import type { script, Side, tool } from './sides.js'

export type Sides = readonly [Awaited<ReturnType<typeof tool>>, Awaited<ReturnType<typeof script>>]
export type Guests = Readonly<Record<Side['name'], Guest>>

export interface Bench {
  readonly sides: Sides
  /** On each, its side has deployed. */
  readonly guests: Guests
  readonly folder: string
}

type Numbers = Readonly<Record<Side['name'], number[]>>

/** Runs that found nothing to do, and bare sessions, over one line: seconds, and turns of speaking and listening. */
export interface Runs {
  readonly roundTrip: number
  readonly seconds: Numbers
  readonly bareSeconds: Numbers
  readonly turns: Numbers
  readonly bareTurns: Numbers
}

/** In turns, so that whatever else this machine does meets both alike. */
export async function nothingToDo(
  { sides, guests, folder }: Bench,
  roundTrip: number,
  repetitions: number,
): Promise<Runs> {
  const none = (): Numbers => ({ tool: [], script: [] })
  const runs = { roundTrip, seconds: none(), bareSeconds: none(), turns: none(), bareTurns: none() }
  const lines = {
    tool: await openLine(guests.tool, roundTrip, folder),
    script: await openLine(guests.script, roundTrip, folder),
  }
  // The first of each is not counted: it fills caches.
  for (let run = -1; run < repetitions; run++) {
    for (const side of sides) {
      const line = lines[side.name]
      const bareSeconds = await timed(() => side.bare(line))
      const bareTurns = line.turns()
      const seconds = await timed(async () => {
        const printed = await side.run(line)
        if (!/nothing to do/i.test(printed)) throw new Error(`${side.name} found something to do:\n${printed}`)
      })
      const turns = line.turns()
      if (run < 0) continue
      for (const [key, value] of Object.entries({ seconds, bareSeconds, turns, bareTurns }))
        runs[key as Exclude<keyof Runs, 'roundTrip'>][side.name].push(value)
    }
  }
  await Promise.all([lines.tool.stop(), lines.script.stop()])
  return runs
}

/**
 * Two ways to count, for each is blind to something: turns do not see what is said at the same time by both, or waited
 * for on a second channel; the time that the slow line adds does not see trips during which something else was done.
 */
export function tripFigures(near: Runs, far: Runs): Figure[] {
  const both = (count: (name: Side['name']) => number) => ({ tool: count('tool'), script: count('script') })
  const byTime = (key: 'seconds' | 'bareSeconds') =>
    both((name) => ((median(far[key][name]) - median(near[key][name])) * 1000) / (far.roundTrip - near.roundTrip))
  // A bare session asks one question, which is not part of the login.
  const survey = both((name) => median(far.turns[name]) - median(far.bareTurns[name]) + 1)
  const turns = both((name) => median(far.turns[name]))
  return [
    countFigure('round trips by turns, whole run', turns),
    countFigure('round trips by turns, after the login', survey, 1),
    countFigure('round trips by added time, whole run', byTime('seconds')),
    countFigure('round trips by added time, login and `true`', byTime('bareSeconds')),
  ]
}

function countFigure(what: string, { tool, script }: Readonly<Record<Side['name'], number>>, most?: number): Figure {
  const target = most === undefined ? '' : `<= ${most}`
  const number = (value: number): string => String(Number(value.toFixed(1)))
  return { what, tool: number(tool), script: number(script), target, reached: most === undefined || tool <= most }
}

export async function processes({ sides, guests, folder }: Bench): Promise<Figure> {
  const made = { tool: '', script: '' }
  let forkedByTool = 0
  for (const side of sides) {
    const guest = guests[side.name]
    const line = await openLine(guest, 0, folder)
    const bare = await countProcesses(guest, folder, () => side.bare(line))
    const run = await countProcesses(guest, folder, () => side.run(line))
    await line.stop()
    const forked = run.forked - bare.forked
    if (side.name === 'tool') forkedByTool = forked
    made[side.name] = `${forked} (${run.executed - bare.executed} programs; login ${bare.forked})`
  }
  return { what: 'processes on the host, nothing to do', ...made, target: '<= 25', reached: forkedByTool <= 25 }
}

export async function memory({ sides: [side], guests, folder }: Bench): Promise<Figure> {
  const line = await openLine(guests.tool, 0, folder)
  const peak = await side.peakMemory(line)
  await line.stop()
  const target = '<= 150 MB'
  return { what: 'peak memory here', tool: `${peak.toFixed(0)} MB`, script: '', target, reached: peak <= 150 }
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
