import { z } from 'zod'
import { DeployError } from '../errors.js'

/** Shown to people, and told by a host: nothing of it may be long. */
const short = z.string().max(500)

/** Whose run it is, as others are told who wait for it. */
export const holder = z.object({
  /** Login and name of the computer: `ann@laptop`. */
  who: short,
  /** As the host knows the connection. */
  from: short,
  since: short,
  /** What was typed: `apply -f deploy-flask.yml`. */
  command: short,
  site: short,
})

export type Holder = z.output<typeof holder>

/** In half a sentence. */
export const holderText = ({ who, from, site, since, command }: Holder): string =>
  `${who}${from === '' ? '' : ` (from ${from})`} has been at site ${site} since ${since} with "deploy-flask ${command}"`

export const lockedBy = (other: Holder | null): DeployError =>
  new DeployError('RUN_LOCKED', {
    what: `another run is at work on this host: ${other === null ? 'it does not say whose' : holderText(other)}`,
    remedy: 'wait for its end, or let this run wait for it with --lock-wait SECONDS; nothing was changed by this run',
  })
