import { DeployError } from '../errors.js'
import type { Transport } from '../transport/transport.js'

export const isLoss = (error: unknown): error is DeployError =>
  error instanceof DeployError && error.code === 'CONNECTION_LOST'

/** For what changes nothing, before the lock is held: once more over a new connection. */
export const overLoss = async <T>(transport: Transport, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!isLoss(error)) throw error
    await transport.reconnect()
    return work()
  }
}
