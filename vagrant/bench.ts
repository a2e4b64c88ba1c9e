import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { say, secondsSince, vagrantFolder } from './cache.js'
import { median, table, timeFigure, type Figure } from './bench/figures.js'
import { openLine } from './bench/line.js'
import { countProcesses } from './bench/processes.js'
import { script, tool, type Side } from './bench/sides.js'
import { createGuest, NoGuestsHere, type Guest } from './guest.js'

const usage = `Measures deploy-flask against one bash script written by hand for the same deployment, sent over ssh, in turns.

  npm run bench                    everything
  npm run bench -- --quick         without the repetitions of first deployments

  --repetitions N   runs of each side that find nothing to do (default: 9)
  --cold N          first deployments of each side (default: 3)
  --write           also write the table to docs/bench.md
`

type Sides = readonly [Awaited<ReturnType<typeof tool>>, Side]
type Guests = Readonly<Record<Side['name'], Guest>>

/** All that are up, so that none is left behind by a run that fails. */
const up = new Map<Side['name'], Guest>()

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    repetitions: { type: 'string', default: '9' },
    cold: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function bench(folder: string): Promise<void> {
  const sides: Sides = [await tool(folder), await script(folder)]
  const { guests, figures: cold } = await firstDeployments(sides, folder)
  const figures = [
    ...(await nothingToDo(sides, guests, folder, 0, 2)),
    ...(await nothingToDo(sides, guests, folder, 50, 1.3)),
    ...cold,
    await processes(sides, guests, folder),
    await memory(sides[0], guests.tool, folder),
  ]
  const text = table(figures)
  process.stdout.write(`\n${text}\n`)
  if (options.write) await writeFile(join(vagrantFolder, '../docs/bench.md'), report(text))
  if (figures.some(({ reached }) => !reached)) process.exitCode = 1
}

/** Each on a pristine host of its own. The last two hosts are kept for what follows. */
async function firstDeployments(sides: Sides, folder: string): Promise<{ guests: Guests; figures: Figure[] }> {
  const times = { tool: [] as number[], script: [] as number[] }
  for (let left = options.quick ? 1 : Number(options.cold); left > 0; left--) {
    for (const side of sides) {
      await up.get(side.name)?.destroy()
      const guest = await createGuest('pristine', `bench-${side.name}`)
      up.set(side.name, guest)
      const line = await openLine(guest, 0, folder)
      times[side.name].push(await timed(() => side.run(line)))
      say(`first deployment, ${side.name}: ${times[side.name].at(-1)?.toFixed(1)} s`)
      await line.stop()
    }
  }
  const [ofTool, ofScript] = [up.get('tool'), up.get('script')]
  if (ofTool === undefined || ofScript === undefined) throw new Error('--cold must be 1 or more')
  return {
    guests: { tool: ofTool, script: ofScript },
    figures: options.quick ? [] : [timeFigure('first deployment, 0 ms', times, 1.05)],
  }
}

async function nothingToDo(sides: Sides, guests: Guests, folder: string, roundTrip: number, most: number) {
  const times = { tool: [] as number[], script: [] as number[] }
  const trips = { tool: [] as number[], script: [] as number[] }
  const bare = { tool: 0, script: 0 }
  const lines = {
    tool: await openLine(guests.tool, roundTrip, folder),
    script: await openLine(guests.script, roundTrip, folder),
  }
  // The first of each is not counted: it fills caches.
  for (let run = -1; run < Number(options.repetitions); run++) {
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

async function processes(sides: Sides, guests: Guests, folder: string): Promise<Figure> {
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

async function memory(side: Sides[0], guest: Guest, folder: string): Promise<Figure> {
  const line = await openLine(guest, 0, folder)
  const peak = await side.peakMemory(line)
  await line.stop()
  const target = '<= 150 MB'
  return { what: 'peak memory here', tool: `${peak.toFixed(0)} MB`, script: '', target, reached: peak <= 150 }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function report(text: string): string {
  return `# Figures

Written by \`npm run bench -- --write\`: deploy-flask and a bash script written by hand for the same deployment
(test/bench/yardstick.sh), in turns in one run against Ubuntu 18.04 guests on ${cpus().length} cores, Node.js ${process.version}.

${text}
`
}

const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-bench-'))
const start = performance.now()
try {
  if (options.help) process.stdout.write(usage)
  else await bench(folder)
  say(`the bench took ${secondsSince(start)}`)
} catch (error) {
  if (!(error instanceof NoGuestsHere)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
} finally {
  await Promise.all([...up.values()].map((guest) => guest.destroy()))
  await rm(folder, { recursive: true })
}
