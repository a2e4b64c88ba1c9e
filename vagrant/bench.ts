import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { say, secondsSince, vagrantFolder } from './cache.js'
import { table, timeFigure, type Figure } from './bench/figures.js'
import { openLine } from './bench/line.js'
import { memory, nothingToDo, processes, timed, tripFigures, type Guests, type Sides } from './bench/measure.js'
import { script, tool, type Side } from './bench/sides.js'
import { createGuest, NoGuestsHere, type Guest } from './guest.js'

const usage = `Measures deploy-flask against one bash script written by hand for the same deployment, sent over ssh, in turns.

  npm run bench                    everything
  npm run bench -- --quick         without the repetitions of first deployments

  --repetitions N   runs of each side that find nothing to do (default: 9)
  --cold N          first deployments of each side (default: 3)
  --write           also write the table to docs/bench.md
`

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
  const all = { sides, guests, folder }
  const near = await nothingToDo(all, 0, Number(options.repetitions))
  const far = await nothingToDo(all, 50, Number(options.repetitions))
  const figures = [
    timeFigure('nothing to do, 0 ms round trip', near.seconds, 2),
    timeFigure('nothing to do, 50 ms round trip', far.seconds, 1.3),
    ...tripFigures(near, far),
    ...cold,
    await processes(all),
    await memory(all),
  ]
  const text = table(figures)
  process.stdout.write(`\n${text}\n`)
  if (options.write) await write(text)
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

async function write(text: string): Promise<void> {
  const docs = join(dirname(vagrantFolder), 'docs')
  await mkdir(docs, { recursive: true })
  await writeFile(
    join(docs, 'bench.md'),
    `# Figures

Written by \`npm run bench -- --write\`: deploy-flask and a bash script written by hand for the same deployment
(test/bench/yardstick.sh), in turns in one run against Ubuntu 18.04 guests on ${cpus().length} cores, Node.js ${process.version}.

${text}
`,
  )
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
