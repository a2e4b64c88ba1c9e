import { say } from '../cache.js'

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const
type Signal = keyof typeof numbers

/** Somebody has asked the bench to end. */
export class Stopped extends Error {
  readonly exitCode: number

  constructor(signal: Signal) {
    super(`the bench was stopped by ${signal}`)
    this.exitCode = 128 + numbers[signal]
  }
}

const controller = new AbortController()

/**
 * Aborted by the first signal. What is being measured is ended then, and the bench unwinds as after any failure, so that
 * no guest, server or program of it is left behind.
 */
export const stopped: AbortSignal = controller.signal

export function listenForSignals(): void {
  const stop = (signal: Signal): void => {
    if (stopped.aborted) return
    say(`${signal}: ending what runs, and removing the guests`)
    controller.abort(new Stopped(signal))
  }
  process.on('SIGHUP', stop)
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
