import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, secondsSince } from './cache.js'
import type { FigureName } from './bench/figures.js'
import { growFleet } from './bench/fleet/growth.js'
import { judgeFleet, type FleetFindings } from './bench/fleet/report.js'
import { shareFleet } from './bench/fleet/workers.js'
import type { Dimension } from './bench/growth/dimension.js'
import { dimensions } from './bench/growth/dimensions.js'
import { grow, type Growth } from './bench/growth/measure.js'
import { judgeGrowth } from './bench/growth/report.js'
import { readOptions, usage, UsageError, type Options, type Part } from './bench/options.js'
import { RunFailed } from './bench/metered.js'
import { ownPromises, processesOf } from './bench/own-promises.js'
import { report, type Findings } from './bench/report.js'
import { codeUpdates, firstDeployments, nothingToDo, repairs, type Guests, type Runs } from './bench/series.js'
import { makeSides } from './bench/sides/all.js'
import { listenForSignals, Stopped } from './bench/stopped.js'
import { compare } from './bench/targets.js'
import { loadNow, writePage } from './bench/page.js'
import { NoGuestsHere } from './guest.js'

/** All that are up, so that none is left behind by a run that fails. */
const guests: Guests = new Map()

async function bench(options: Options, folder: string): Promise<void> {
  const loadBefore = loadNow()
  // fleets are of simulated hosts, and stand beside nobody else's
  const isOfGuests = options.only.some((part) => part !== 'fleet')
  const onGuests = isOfGuests ? await measureOnGuests(options, folder) : nothing
  const fleet = options.only.includes('fleet') ? await measureFleets(options, folder) : undefined
  const verdicts = [...onGuests.verdicts, ...(fleet === undefined ? [] : judgeFleet(fleet))]
  const text = report({ ...onGuests, fleet, verdicts })
  process.stdout.write(`\n${text}\n`)
  if (options.write) await writePage(text, loadBefore)
  if (verdicts.some(({ reached }) => !reached)) process.exitCode = 1
}

type OnGuests = Omit<Findings, 'fleet'>

const nothing: OnGuests = { sides: [], figures: new Map(), processes: new Map(), growth: new Map(), verdicts: [] }

async function measureOnGuests(options: Options, folder: string): Promise<OnGuests> {
  const sides = await makeSides(options.sides, folder)
  const figures = new Map<FigureName, Runs>()
  const has = (part: Part): boolean => options.only.includes(part)
  const series = { sides, guests, folder, rounds: options.repetitions }

  // Without it there is nothing that could be found in order, or updated.
  const cold = await firstDeployments({ ...series, roundTrip: 0, rounds: has('cold') ? options.cold : 1 })
  if (has('cold')) figures.set('first deployment', cold)
  if (has('noop')) {
    figures.set('nothing to do, 0 ms', await nothingToDo({ ...series, roundTrip: 0 }))
    figures.set('nothing to do, 50 ms', await nothingToDo({ ...series, roundTrip: 50 }))
    await repairs(series)
  }
  const processes = has('noop') ? await processesOf(sides, guests, folder) : new Map()
  const promises = await ownPromises(sides, guests, figures, processes, folder)
  if (has('update')) {
    figures.set('code update, 0 ms', await codeUpdates({ ...series, roundTrip: 0 }))
    figures.set('code update, 50 ms', await codeUpdates({ ...series, roundTrip: 50 }))
  }
  const growth = has('growth') ? await growthOf(options, folder) : new Map<Dimension, Growth>()
  const grown = [...growth].flatMap(([dimension, found]) => judgeGrowth(dimension, found))
  return { sides, figures, processes, growth, verdicts: [...compare(figures), ...promises, ...grown] }
}

/** On the guest where deploy-flask has deployed already: a few runs show a slope. */
async function growthOf({ repetitions }: Options, folder: string): Promise<ReadonlyMap<Dimension, Growth>> {
  const growth = new Map<Dimension, Growth>()
  const guest = guests.get('deploy-flask')
  if (guest === undefined) return growth
  for (const dimension of dimensions)
    growth.set(dimension, await grow(dimension, guest, Math.min(repetitions, 3), folder))
  return growth
}

async function measureFleets({ repetitions }: Options, folder: string): Promise<FleetFindings> {
  return { sizes: await growFleet(Math.min(repetitions, 3), folder), shared: await shareFleet(folder) }
}

const isOfBench = (error: unknown): error is RunFailed | Stopped =>
  error instanceof RunFailed || error instanceof Stopped

const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-bench-'))
const start = performance.now()
listenForSignals()
try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(usage)
  else await bench(options, folder)
  say(`the bench took ${secondsSince(start)}`)
} catch (error) {
  if (!(error instanceof NoGuestsHere || error instanceof UsageError || isOfBench(error))) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
} finally {
  await Promise.all([...guests.values()].map((guest) => guest.destroy()))
  await rm(folder, { recursive: true })
}
