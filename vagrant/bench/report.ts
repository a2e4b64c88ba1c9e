import { figureNames, medianOf, table, type FigureName, type Figures } from './figures.js'
import { fleetTables, type FleetFindings } from './fleet/report.js'
import type { Dimension } from './growth/dimension.js'
import type { Growth } from './growth/measure.js'
import { growthTable } from './growth/report.js'
import type { Run } from './measure.js'
import type { Processes } from './processes.js'
import type { Side, SideName } from './sides/side.js'
import type { Verdict } from './targets.js'

/** All that one run of the bench has found. */
export interface Findings {
  readonly sides: readonly Pick<Side, 'name' | 'label'>[]
  readonly figures: Figures
  readonly processes: ReadonlyMap<SideName, Processes>
  readonly growth: ReadonlyMap<Dimension, Growth>
  readonly fleet: FleetFindings | undefined
  readonly verdicts: readonly Verdict[]
}

/** The tables, in Markdown. */
export function report({ sides, figures, processes, growth, fleet, verdicts }: Findings): string {
  const measured = figureNames.filter((name) => figures.has(name))
  const sections = [
    ...(measured.length === 0 ? [] : [`## Times\n\n${times(sides, figures, measured)}`]),
    ...(verdicts.length === 0 ? [] : [`## Targets\n\n${targetTable(sides, verdicts)}`]),
    ...measured.map((name) => `## ${title(name)}: what a run takes\n\n${costs(sides, figures, name)}`),
    ...(processes.size === 0 ? [] : [`## Processes on the host, nothing to do\n\n${processTable(sides, processes)}`]),
    ...(growth.size === 0 ? [] : [`## Growth\n\n${growthIntroduction}`]),
    ...[...growth].map(([dimension, found]) => growthTable(dimension, found)),
    ...(fleet === undefined ? [] : [`## Fleets\n\n${fleetTables(fleet)}`]),
  ]
  return sections.join('\n\n')
}

const growthIntroduction = `deploy-flask alone, at 0 ms, with a site of one file and no requirements that grows in one
way at a time. "first" is the run that brings it to that size from the size before. No step may take more than in
proportion to the size.`

const title = (name: FigureName): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

function times(sides: Findings['sides'], figures: Figures, names: readonly FigureName[]): string {
  const rows = names.map((name) => {
    const runs = figures.get(name)
    const count = Math.max(...sides.map((side) => runs?.get(side.name)?.length ?? 0))
    return [
      `${name} (median of ${count})`,
      ...sides.map((side) => shown(medianOf(runs, side.name, 'seconds'), 2, ' s')),
    ]
  })
  return table(['what', ...sides.map(({ label }) => label)], rows)
}

function targetTable(sides: Findings['sides'], verdicts: readonly Verdict[]): string {
  const labelOf = (name: SideName | 'ourselves'): string =>
    name === 'ourselves' ? '' : (sides.find((side) => side.name === name)?.label ?? name)
  const rows = verdicts.map(({ what, against, is, target, reached }) => [
    what,
    labelOf(against),
    is,
    target,
    reached ? 'yes' : '**no**',
  ])
  return table(['what', 'compared with', 'is', 'target', 'reached'], rows)
}

const columns: readonly {
  readonly head: string
  readonly what: keyof Run
  readonly show: (value: number | undefined) => string
}[] = [
  { head: 'round trips', what: 'roundTrips', show: (value) => shown(value, 0) },
  { head: 'sent', what: 'sent', show: (value) => shown(kilobytes(value), 1, ' kB') },
  { head: 'received', what: 'received', show: (value) => shown(kilobytes(value), 1, ' kB') },
  { head: 'processor there', what: 'hostCpu', show: (value) => shown(value, 2, ' s') },
  { head: 'processor here', what: 'ownCpu', show: (value) => shown(value, 2, ' s') },
  { head: 'largest process here', what: 'peakMemory', show: (value) => shown(value, 0, ' MB') },
]

function costs(sides: Findings['sides'], figures: Figures, name: FigureName): string {
  const runs = figures.get(name)
  const rows = sides.map((side) => {
    const seconds = runs?.get(side.name)?.map((run) => run.seconds) ?? []
    const spread =
      seconds.length === 0 ? '' : `${shown(Math.min(...seconds), 2)} to ${shown(Math.max(...seconds), 2)} s`
    return [side.label, spread, ...columns.map(({ what, show }) => show(medianOf(runs, side.name, what)))]
  })
  return table(['who', 'from, to', ...columns.map(({ head }) => head)], rows)
}

function processTable(sides: Findings['sides'], processes: ReadonlyMap<SideName, Processes>): string {
  const rows = sides.map(({ name, label }) => {
    const made = processes.get(name)
    return [label, shown(made?.forked, 0), shown(made?.programs.length, 0)]
  })
  return table(['who', 'processes', 'programs started'], rows)
}

const kilobytes = (bytes: number | undefined): number | undefined => (bytes === undefined ? undefined : bytes / 1000)

const shown = (value: number | undefined, digits: number, unit = ''): string =>
  value === undefined ? '' : `${value.toFixed(digits)}${unit}`
