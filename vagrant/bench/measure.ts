import type { Guest } from '../guest.js'
import { median, timeFigure, type Figure } from './figures.js'
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

/** Runs in turns, so that whatever else this machine does meets both alike. */
export async function nothingToDo(
  { sides, guests, folder }: Bench,
  roundTrip: number,
  most: number,
  repetitions: number,
): Promise<Figure[]> {
  const times = { tool: [] as number[], script: [] as number[] }
  const trips = { tool: [] as number[], script: [] as number[] }
  const bare = { tool: 0, script: 0 }
  const lines = {
    tool: await openLine(guests.tool, roundTrip, folder),
    script: await openLine(guests.script, roundTrip, folder),
  }
  // The first of each is not counted: it fills caches.
  for (let run = -1; run < repetitions; run++) {
    for (const side of sides) {
      const line = lines[side.name]
      if (run < 0) {
        await side.bare(line)
        bare[side.name] = line.trips()
      }
      const seconds = await timed(async () => {
        const printed = await side.run(line)
        if (!/nothing to do/i.test(printed)) throw new Error(`${side.name} found something to do:\n${printed}`)
      })
      const waited = line.trips()
      if (run < 0) continue
      times[side.name].push(seconds)
      trips[side.name].push(waited)
    }
  }
  await Promise.all([lines.tool.stop(), lines.script.stop()])
  const figure = timeFigure(`nothing to do, ${roundTrip} ms round trip`, times, most)
  return roundTrip === 0 ? [figure] : [figure, ...tripFigures(trips, bare)]
}

/** Where the line takes no time, an answer may come before the client has finished its sentence. */
function tripFigures(trips: Readonly<Record<Side['name'], number[]>>, bare: Readonly<Record<Side['name'], number>>) {
  const all = { tool: median(trips.tool), script: median(trips.script) }
  // A bare session has one question, which is not part of connecting.
  const survey = { tool: all.tool - bare.tool + 1, script: all.script - bare.script + 1 }
  return [
    { what: 'round trips, whole run', tool: `${all.tool}`, script: `${all.script}`, target: '', reached: true },
    {
      what: 'round trips after the login',
      tool: `${survey.tool}`,
      script: `${survey.script}`,
      target: '1',
      reached: survey.tool <= 1,
    },
  ]
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
