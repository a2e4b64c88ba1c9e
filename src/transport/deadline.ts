/** A time limit that stands still while a person is being asked. */
export class Deadline {
  #left: number
  #since = 0
  #timer: NodeJS.Timeout | undefined
  #pauses = 0

  constructor(
    milliseconds: number,
    private readonly onExpiry: () => void,
  ) {
    this.#left = milliseconds
    this.#start()
  }

  async pausedFor<T>(answer: Promise<T>): Promise<T> {
    if (this.#pauses++ === 0) this.#stop()
    try {
      return await answer
    } finally {
      if (--this.#pauses === 0) this.#start()
    }
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#left = Infinity
  }

  #start(): void {
    if (this.#left === Infinity) return
    this.#since = performance.now()
    this.#timer = setTimeout(this.onExpiry, this.#left)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since))
  }
}
