import { medianOf, type FigureName, type Figures } from './figures.js'
import { peers, type SideName } from './sides/side.js'

type Against = 'script' | 'fastest peer'

/** How the time of deploy-flask must compare: at most so many times as long, or at least so many times faster. */
type Target =
  | { readonly figure: FigureName; readonly against: Against; readonly atMost: number }
  | { readonly figure: FigureName; readonly against: Against; readonly timesFaster: number }

const targets: readonly Target[] = [
  { figure: 'first deployment', against: 'script', atMost: 0.85 },
  { figure: 'first deployment', against: 'fastest peer', atMost: 0.85 },
  { figure: 'nothing to do, 0 ms', against: 'script', atMost: 1.5 },
  { figure: 'nothing to do, 0 ms', against: 'fastest peer', timesFaster: 8 },
  { figure: 'nothing to do, 50 ms', against: 'script', atMost: 1 },
  { figure: 'nothing to do, 50 ms', against: 'fastest peer', timesFaster: 12 },
  { figure: 'code update, 0 ms', against: 'fastest peer', timesFaster: 10 },
  { figure: 'code update, 50 ms', against: 'fastest peer', timesFaster: 10 },
]

export interface Verdict {
  readonly what: string
  /** The side that it was compared with. */
  readonly against: SideName | 'ourselves'
  readonly is: string
  readonly target: string
  readonly reached: boolean
}

/** A verdict for each target whose figures were measured. */
export function compare(figures: Figures): readonly Verdict[] {
  return targets.flatMap((target) => {
    const runs = figures.get(target.figure)
    const ours = medianOf(runs, 'deploy-flask', 'seconds')
    const against = target.against === 'script' ? 'script' : fastestPeer(figures, target.figure)
    const theirs = against === undefined ? undefined : medianOf(runs, against, 'seconds')
    if (ours === undefined || against === undefined || theirs === undefined) return []
    return [{ what: target.figure, against, ...judge(target, ours, theirs) }]
  })
}

export function fastestPeer(figures: Figures, figure: FigureName): SideName | undefined {
  const times = peers.flatMap((side) => {
    const seconds = medianOf(figures.get(figure), side, 'seconds')
    return seconds === undefined ? [] : [{ side, seconds }]
  })
  return times.sort((a, b) => a.seconds - b.seconds)[0]?.side
}

function judge(target: Target, ours: number, theirs: number): Pick<Verdict, 'is' | 'target' | 'reached'> {
  if ('atMost' in target) {
    const ratio = ours / theirs
    return { is: `${ratio.toFixed(2)} x`, target: `<= ${target.atMost} x`, reached: ratio <= target.atMost }
  }
  const faster = theirs / ours
  const wanted = target.timesFaster
  return { is: `${faster.toFixed(1)} x faster`, target: `>= ${wanted} x faster`, reached: faster >= wanted }
}
