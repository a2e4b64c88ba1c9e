import { table } from '../figures.js'
import type { Verdict } from '../targets.js'
import type { Dimension } from './dimension.js'
import { actions, type Action, type Growth } from './measure.js'

/** At the upper end: how the time grows with the size. 1 is in proportion, 2 is with its square, 0 is not at all. */
export function slopeOf(growth: Growth, action: Action): number {
  const points = [...growth.entries()].sort(([one], [other]) => one - other).slice(-2)
  const [before, last] = points
  if (before === undefined || last === undefined) throw new Error('a slope needs two sizes')
  return Math.log(last[1][action] / before[1][action]) / Math.log(last[0] / before[0])
}

/** Noise of a measurement is not growth. */
const most = 1.1

export function judgeGrowth({ name }: Pick<Dimension, 'name'>, growth: Growth): readonly Verdict[] {
  return actions.map((action) => {
    const slope = slopeOf(growth, action)
    return {
      what: `growth with ${name}: ${action}`,
      against: 'ourselves',
      is: `n^${slope.toFixed(2)}`,
      target: `<= n^${most}`,
      reached: slope <= most,
    }
  })
}

/** Times at each size, and what one more costs between the two largest. */
export function growthTable({ name, unit }: Pick<Dimension, 'name' | 'unit'>, growth: Growth): string {
  const sizes = [...growth.entries()].sort(([one], [other]) => one - other)
  const rows = sizes.map(([size, times]) => [String(size), ...actions.map((action) => `${times[action].toFixed(2)} s`)])
  const [before, last] = sizes.slice(-2)
  if (before === undefined || last === undefined) throw new Error('growth needs two sizes')
  const each = (action: Action): string =>
    `${(((last[1][action] - before[1][action]) * 1000) / (last[0] - before[0])).toFixed(2)} ms`
  return table([name, ...actions], [...rows, [`each further ${unit}`, ...actions.map(each)]])
}
