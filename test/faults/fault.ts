import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { nothingToDo } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { differences, snapshot } from '../helpers/snapshot.js'
import { startVisitor } from '../helpers/visitor.js'
import { hostFaults, toldSecrets, unrelated } from './oracles.js'
import type { CaseMeta } from './report.js'
import { Rig } from './rig.js'
import { neighbours } from './sites.js'

export interface CaseOptions {
  /** A guest of its own, for what cannot be taken back. */
  readonly ownGuest?: true
  /** Seconds that everything under the fault may take. */
  readonly seconds?: number
  /** The neighbours may be away once, for so many milliseconds: where the fault itself takes Apache down. */
  readonly outage?: number
  /** Part of what the case is about: files of others that it changes itself. */
  readonly touches?: RegExp
  /** The fault has no end, or nothing was to be deployed: there is no run to repeat. */
  readonly noRerun?: true
}

let guest: Guest | undefined
afterAll(async () => guest?.destroy())

/** The guest of this file: it serves case after case, as long as they leave it as they have found it. */
const provide = async (own: boolean): Promise<Guest> => {
  const container = `deploy-flask-guest-${inject('guests')}`
  const create = (kind: string): Promise<Guest> =>
    createGuest({ container }, `${inject('guests')}-${kind}${process.env['VITEST_POOL_ID'] ?? ''}`)
  if (own) return create('own')
  guest ??= await create('case')
  return guest
}

const within = async <T>(seconds: number, work: Promise<T>): Promise<T> => {
  const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => {
    throw new Error(`not over after ${seconds} s`)
  })
  return Promise.race([work, late])
}

/** O2: asks the neighbours ten times a second. Answers what visitors would have seen. */
const watch = async (host: Guest): Promise<(outage: number) => Promise<string[]>> => {
  const watched = await Promise.all(
    neighbours.map(async (site) => ({
      ...site,
      visitor: startVisitor(host, site.name, await ask(host, '/', { name: site.name })),
    })),
  )
  return async (outage) => {
    const visits = await Promise.all(
      watched.map(async ({ visitor, ...site }) => ({ ...site, ...(await visitor.stop()) })),
    )
    return visits
      .filter(({ away, patience }) => away > Math.max(outage, patience))
      .map(({ name, away, failures }) => `${name} was away for ${away} ms: ${failures[0] ?? ''}`)
  }
}

/** O5: the run repeated without the fault does what is left, and the next one finds nothing to do and changes nothing. */
const rerunFaults = async (rig: Rig): Promise<string[]> => {
  if (rig.flags === undefined) return ['the case has applied nothing']
  const again = await rig.apply(rig.flags)
  if (again.exitCode !== 0) return [`the run after the fault ended with ${again.exitCode}:\n${again.stderr}`]
  const before = await snapshot(rig.guest)
  const third = await rig.apply(rig.flags)
  const said = nothingToDo.test(third.stdout) ? [] : [`the run after that says: ${third.stdout}${third.stderr}`]
  return [...said, ...differences(before, await snapshot(rig.guest)).map((line) => `a needless change: ${line}`)]
}

/** Runs a case and asks the oracles. Throws what the case throws. */
const check = async (rig: Rig, meta: CaseMeta, work: (rig: Rig) => Promise<void>, options: CaseOptions) => {
  const { seconds = 120, outage = 0, touches, noRerun } = options
  const stop = await watch(rig.guest)
  try {
    await within(seconds, work(rig))
  } finally {
    meta.seen = rig.seen.join(', ')
    await rig.endFaults()
  }
  const rerun = noRerun === true ? [] : await rerunFaults(rig)
  return [
    ...rerun,
    ...(await stop(outage)),
    ...(await hostFaults(rig.guest)),
    ...toldSecrets(rig.outputs),
    ...unrelated(rig.before, await snapshot(rig.guest), rig.site).filter((line) => touches?.test(line) !== true),
  ]
}

/**
 * One fault: breaks a host in `work`, sees what a run makes of it, and ends the fault. Then the oracles are asked: the
 * other sites answered all the time, nothing is left behind, the lock is free, the next run heals, and the one after that
 * has nothing to do.
 */
export const fault = (
  id: string,
  title: string,
  work: (rig: Rig) => Promise<void>,
  options: CaseOptions = {},
): void => {
  it(`${id} ${title}`, async ({ task }) => {
    const meta: CaseMeta = { id, title, seen: '' }
    task.meta.fault = meta
    const own = options.ownGuest === true
    const host = await provide(own)
    try {
      const rig = new Rig(host, await snapshot(host))
      expect(await check(rig, meta, work, options)).toEqual([])
    } catch (error) {
      if (!own) guest = undefined
      await host.destroy()
      throw error
    }
    if (own) await host.destroy()
  })
}

/** A case that this kind of guest cannot show: it counts as skipped, and says why. */
export const unrunnable = (id: string, title: string, why: string): void => {
  it(`${id} ${title}`, ({ task, skip }) => {
    task.meta.fault = { id, title, seen: '', unrunnable: why }
    skip(why)
  })
}
