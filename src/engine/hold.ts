import type { Emit } from '../core/event.js'
import type { Transport } from '../transport/transport.js'
import { HeldHost } from './held-host.js'
import { Lock, type LockRequest } from './lock.js'

/** Takes the lock of the host; it is to be released. Throws RUN_LOCKED where another run has it for too long. */
export const holdHost = async (transport: Transport, request: LockRequest, emit: Emit): Promise<HeldHost> => {
  const lock = new Lock(transport, request)
  // while the keeper of the lock is started
  transport.prepare?.()
  const found = await lock.take()
  return new HeldHost(transport, lock, request.holder, found, emit)
}
