import type { Plan } from '../core/plan.js'
import type { HostOutcome } from '../fleet/outcome.js'
import { eachOf } from '../fleet/pool.js'
import type { FleetHost } from '../fleet/host.js'
import type { PlanGroup } from '../render/fleet-plan-text.js'
import type { Ask } from '../transport/ask.js'
import { refuse } from './failures.js'
import { lookThere, planDigest } from './fleet-runner.js'
import type { FleetSession } from './fleet-session.js'
import type { FleetTargets } from './fleet-targets.js'
import { inTurn } from './host-turn.js'

/** What is to be done on the hosts of a fleet. Of equal plans one is kept. */
export interface LookedAt {
  /** In the order of their first hosts. */
  readonly groups: readonly PlanGroup[]
  /** By the name of the host, what makes its plan the same as others. */
  readonly digests: ReadonlyMap<string, string>
  /** Hosts that no plan can be made for. */
  readonly failed: readonly HostOutcome[]
}

interface Looking {
  readonly targets: FleetTargets
  readonly parallel: number
  readonly seconds: number
  readonly askOf: () => Ask
}

/** Looks at all hosts, and changes nothing. */
export const lookAtAll = async (
  session: FleetSession,
  hosts: readonly FleetHost[],
  { targets, parallel, seconds, askOf }: Looking,
): Promise<LookedAt> => {
  const { tell, interrupts } = session
  const started = performance.now()
  const plans = new Map<string, Plan>()
  tell({ type: 'look.start', hosts: hosts.length })
  const looked = await eachOf(hosts, parallel, async (host) => {
    const { name } = host
    tell({ type: 'host.start', host: name })
    const task = {
      host,
      signal: interrupts.signal,
      emit: (event: Parameters<typeof session.emit>[0]) => tell({ type: 'event', host: name, event }),
    }
    const turned = await inTurn(session, task, { seconds, ask: askOf() }, async (turn) => {
      const { survey } = await lookThere(targets, task, turn)
      refuse(survey.refusals)
      const digest = planDigest(survey.plan)
      if (!plans.has(digest)) plans.set(digest, survey.plan)
      return digest
    })
    const same = { host: name, state: 'same' as const, changes: 0, milliseconds: 0, errors: [] }
    tell({ type: 'host.done', outcome: 'done' in turned ? same : turned.outcome })
    return { name, turned }
  })
  tell({ type: 'look.done', milliseconds: Math.round(performance.now() - started) })
  const digests = new Map(
    looked.flatMap(({ name, turned }) => ('done' in turned ? [[name, turned.done] as const] : [])),
  )
  const hostsOf = new Map<string, string[]>()
  for (const [name, digest] of digests) {
    const names = hostsOf.get(digest) ?? []
    names.push(name)
    hostsOf.set(digest, names)
  }
  const groups = [...hostsOf].flatMap(([digest, names]) => {
    const plan = plans.get(digest)
    return plan === undefined ? [] : [{ plan, hosts: names }]
  })
  return { groups, digests, failed: looked.flatMap(({ turned }) => ('done' in turned ? [] : [turned.outcome])) }
}
