import { holderText, lockedBy } from '../engine/holder.js'
import { lockState, releaseDead, type LockState } from '../engine/lock-state.js'
import type { Transport } from '../transport/transport.js'
import { safeJson, visible } from '../core/sanitise.js'
import { connected } from './connected.js'
import type { LockAction, LockOptions } from './options.js'
import type { Session } from './session.js'

/** Says who is changing the host, or frees a lock whose keeper should have gone by itself. */
export const lock = async (session: Session, action: LockAction, options: LockOptions): Promise<number> =>
  connected(session, options, async ({ transport }) => {
    const { io } = session
    const state = await lockState(transport)
    if (action === 'release') {
      io.stdout.write(`${await release(transport, state)}\n`)
      return 0
    }
    const { target: host } = transport
    io.stdout.write(`${options.json === true ? safeJson({ host, ...state }, 2) : statusText(host, state)}\n`)
    return 0
  })

const holderLine = (host: string, { at, silent }: LockState): string => {
  if (at === undefined) return `nobody is changing ${visible(host)}`
  const who = at === null ? `somebody is changing ${visible(host)}, and does not say who` : visible(holderText(at))
  return `${who}${silent === undefined ? '' : `; last heard of ${silent} s ago`}`
}

const statusText = (host: string, state: LockState): string => {
  const { cutOff } = state
  if (cutOff === undefined) return holderLine(host, state)
  return [
    holderLine(host, state),
    `a run was cut off${cutOff === null ? '' : `: ${visible(holderText(cutOff))}`}`,
    'the next apply takes back what it has left half done; deploy-flask recover --dry-run shows it',
  ].join('\n')
}

/** Nobody has to be heard of for as long as a keeper would need to go by itself. */
const release = async (transport: Transport, { at }: LockState): Promise<string> => {
  if (at === undefined) return `nobody is changing ${visible(transport.target)}: there is nothing to release`
  if (!(await releaseDead(transport))) throw lockedBy(at)
  return `released: ${at === null ? 'it did not say whose it was' : visible(holderText(at))}`
}
