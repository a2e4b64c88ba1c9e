import type { Emit } from '../core/event.js'
import type { Transport } from '../transport/transport.js'
import { HeldHost } from './held-host.js'
import { Lock, type LockRequest } from './lock.js'

/** Takes the lock of the host; it is to be released. Throws RUN_LOCKED where another run has it for too long. */
export const holdHost = async (transport: Transport, request: LockRequest, emit: Emit): Promise<HeldHost> => {
  const lock = new Lock(transport, request)
  const taking = lock.take()
  transport.prepare?.()
  return new HeldHost(transport, lock, request.holder, await taking, emit)
}
