import { createHash } from 'node:crypto'
import type { Plan } from '../core/plan.js'
import { DeployError } from '../errors.js'
import type { HostOutcome } from '../fleet/outcome.js'
import type { HostRunner, HostTask } from '../fleet/run-host.js'
import { phaseDocuments } from '../render/plan-json.js'
import type { Ask } from '../transport/ask.js'
import type { Transport } from '../transport/transport.js'
import { bringThere } from './bring.js'
import type { FleetTargets } from './fleet-targets.js'
import { inTurn, type HostTurn, type Turned } from './host-turn.js'
import { lookAt, type Look } from './look.js'
import { siteOnHost } from './on-site.js'
import type { FleetApplyOptions } from './options.js'
import type { Session } from './session.js'
import type { Target } from './target.js'
import { askEverySite } from './verify.js'

/** Names of hosts, each with the plan that a person has agreed to. */
export type Agreed = ReadonlyMap<string, string>

interface Running {
  readonly targets: FleetTargets
  readonly options: Pick<FleetApplyOptions, 'lockWait' | 'playbook' | 'settings'>
  /** How long one host may take. */
  readonly seconds: number
  readonly askOf: () => Ask
  /** Without it everything is agreed to. */
  readonly agreed?: Agreed | undefined
}

/** What two hosts have in common that the same is to be done on. */
export const planDigest = (plan: Plan): string =>
  createHash('sha256')
    .update(JSON.stringify(phaseDocuments(plan)))
    .digest('hex')

/** Logs in to the host, and asks it everything. */
export const lookThere = async (
  targets: FleetTargets,
  { host }: HostTask,
  { session, connect }: HostTurn,
): Promise<Look<Target>> => {
  const target = await targets.of(host)
  session.emit({ type: 'run.start', host: target.connection.host, site: target.site.name })
  return lookAt(session, target, await connect(target.connection))
}

const outcomeOf = (turned: Turned<HostOutcome>): HostOutcome => ('done' in turned ? turned.done : turned.outcome)

const changedSince = (): DeployError =>
  new DeployError('APPLY_PLAN_STALE', {
    what: 'the host is not as it was when its plan was shown; nothing was done there',
    remedy: 'run the same command again, and look at the new plan',
  })

/** A playbook of the user's may bring something else than a site: then there is nothing to be asked. */
const askSites = async (transport: Transport, site: string, mayBeNone: boolean): Promise<void> => {
  try {
    const { manifest } = await siteOnHost(transport, site)
    const { error } = await askEverySite(transport, manifest)
    if (error !== undefined) throw error
  } catch (error) {
    const isNone = error instanceof DeployError && error.code === 'SITE_UNKNOWN'
    if (!isNone || !mayBeNone) throw error
  }
}

/** Runs hosts as `apply` runs one: the same plan, lock, gate and undo. */
export const fleetRunner = (session: Session, running: Running): HostRunner => {
  const { targets, options, seconds, askOf, agreed } = running
  const { lockWait } = options
  return {
    run: async (task) => {
      const { name } = task.host
      const started = performance.now()
      let changes = 0
      const document = (told: { readonly type: string; readonly changes?: unknown }): void => {
        if (told.type === 'result') changes = Number(told.changes)
      }
      const wanted = agreed?.get(name)
      const turned = await inTurn(session, task, { seconds, ask: askOf(), document }, async (turn) => {
        const look = await lookThere(targets, task, turn)
        const check = ({ plan }: Look['survey']): void => {
          if (planDigest(plan) !== wanted) throw changedSince()
        }
        await bringThere(
          turn.session,
          {
            settings: options.settings,
            json: true,
            yes: agreed === undefined,
            ...(lockWait === undefined ? {} : { lockWait }),
          },
          look,
          { verb: 'fleet apply', remembers: true, ...(agreed === undefined ? {} : { check }) },
        )
        const milliseconds = Math.round(performance.now() - started)
        const state = changes === 0 ? ('same' as const) : ('changed' as const)
        return { host: name, state, changes, milliseconds, errors: [] }
      })
      return outcomeOf(turned)
    },
    check: async (task) => {
      const { name } = task.host
      const started = performance.now()
      const turned = await inTurn(session, task, { seconds, ask: askOf() }, async ({ connect }) => {
        const { connection, site } = await targets.of(task.host)
        const transport = await connect(connection)
        await askSites(transport, site.name, options.playbook !== undefined)
        const milliseconds = Math.round(performance.now() - started)
        return { host: name, state: 'same' as const, changes: 0, milliseconds, errors: [] }
      })
      return outcomeOf(turned)
    },
  }
}
