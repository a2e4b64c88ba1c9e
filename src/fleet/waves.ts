import type { FleetHost } from './host.js'
import type { HostOutcome } from './outcome.js'

/** So many hosts, or so many of each hundred: rounded up, so that it is never none. */
export type Share = { readonly hosts: number } | { readonly percent: number }

/** How the hosts of a fleet follow each other. */
export interface Strategy {
  /** Hosts in flight at the same time, at most. */
  readonly parallel: number
  /**
   * Of hosts: so many are in flight at the same time; whenever one is done the next begins. Of percent: waves of that
   * size, each of which begins when all hosts of the one before are done.
   */
  readonly rolling?: Share | undefined
  /** Those that go first, as a wave of their own. */
  readonly canary?: Share | { readonly pattern: string } | undefined
  /** When so many hosts have failed, none begins any more. */
  readonly stopAfter?: Share | undefined
}

/** Hosts that go together. */
export interface Wave {
  /** For people: `canary`, `wave 2 of 4`. */
  readonly name: string
  readonly hosts: readonly FleetHost[]
  /** Hosts of it in flight at the same time, at most. */
  readonly atOnce: number
  /** Its hosts are asked once more before the next wave begins; a failure of any of them ends the run. */
  readonly isCanary: boolean
  /** When so many of its own hosts have failed, none of it begins any more. */
  readonly stopsAt: number
  /** When so many of its own hosts have failed, the next wave does not begin. */
  readonly endsRunAt: number
}

export interface Rollout {
  readonly waves: readonly Wave[]
  /** When so many hosts have failed in the whole run, none begins any more. */
  readonly stopsAt: number
}

/** Names of the hosts that a pattern means. */
export type Matching = (pattern: string) => ReadonlySet<string>

const countOf = (share: Share, all: number): number =>
  'hosts' in share ? Math.min(share.hosts, all) : Math.max(1, Math.ceil((all * share.percent) / 100))

const chunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))

const canariesOf = (hosts: readonly FleetHost[], { canary }: Strategy, matching: Matching): readonly FleetHost[] => {
  if (canary === undefined) return []
  if (!('pattern' in canary)) return hosts.slice(0, countOf(canary, hosts.length))
  const names = matching(canary.pattern)
  return hosts.filter(({ name }) => names.has(name))
}

/** Which hosts go together, and when the run ends early: pure, and the same wherever it is asked. */
export const rolloutOf = (hosts: readonly FleetHost[], strategy: Strategy, matching: Matching): Rollout => {
  const { parallel, rolling, stopAfter } = strategy
  const stopsAt = stopAfter === undefined ? Infinity : countOf(stopAfter, hosts.length)
  const canaries = canariesOf(hosts, strategy, matching)
  const first = new Set(canaries.map(({ name }) => name))
  const others = hosts.filter(({ name }) => !first.has(name))
  // what was said of failures takes the place of what is usual, except for canaries: they are there to be believed
  const usual = stopAfter === undefined ? 1 : Infinity
  const canary: Wave[] =
    canaries.length === 0
      ? []
      : [{ name: 'canary', hosts: canaries, atOnce: parallel, isCanary: true, stopsAt: Infinity, endsRunAt: 1 }]
  return { waves: [...canary, ...wavesOf(others, hosts.length, { parallel, rolling, usual })], stopsAt }
}

const wavesOf = (
  hosts: readonly FleetHost[],
  all: number,
  { parallel, rolling, usual }: Pick<Strategy, 'parallel' | 'rolling'> & { readonly usual: number },
): readonly Wave[] => {
  if (hosts.length === 0) return []
  const wave = { isCanary: false, stopsAt: Infinity, endsRunAt: Infinity }
  if (rolling === undefined) return [{ ...wave, name: 'all hosts', hosts, atOnce: parallel }]
  if ('hosts' in rolling) {
    return [{ ...wave, name: 'rolling', hosts, atOnce: Math.min(parallel, rolling.hosts), stopsAt: usual }]
  }
  const parts = chunks(hosts, countOf(rolling, all))
  return parts.map((part, index) => ({
    ...wave,
    name: `wave ${index + 1} of ${parts.length}`,
    hosts: part,
    atOnce: parallel,
    endsRunAt: usual,
  }))
}

const failuresIn = (outcomes: readonly HostOutcome[]): number =>
  outcomes.filter(({ state }) => state === 'failed').length

/** Whether a further host of the wave may begin. `failed`: hosts that have failed so far. */
export const mayBegin = (
  rollout: Rollout,
  wave: Wave,
  failed: { readonly ofWave: number; readonly ofRun: number },
): boolean => failed.ofWave < wave.stopsAt && failed.ofRun < rollout.stopsAt

/** Whether the next wave may begin after this one, which has come to these outcomes. */
export const passes = (wave: Wave, outcomes: readonly HostOutcome[]): boolean =>
  failuresIn(outcomes) < Math.min(wave.endsRunAt, wave.stopsAt)
