import type { Shell } from './ssh-shell.js'

/** What runs together on the host gets a shell each: three phases do. sshd's sessions are few. */
const mostShells = 3

interface Place {
  readonly opening: Promise<Shell>
  shell?: Shell
  users: number
}

/** The open shells of one account. A script waits in the queue of a shell only where no idle one can be had. */
export class ShellPool {
  #places: Place[] = []
  #most = mostShells

  constructor(private readonly open: () => Promise<Shell>) {}

  get isEmpty(): boolean {
    return this.#places.length === 0
  }

  async use<T>(work: (shell: Shell) => Promise<T>): Promise<T> {
    // Chosen and taken before anything is awaited: two callers never take the same idle shell.
    const place = this.#choose()
    place.users++
    try {
      return await work(await place.opening)
    } catch (error) {
      const further = this.#places.find((other) => other !== place && other.shell !== undefined)
      if (place.shell !== undefined || further === undefined) throw error
      // The host gives no second session: what is there is shared.
      this.#most = 1
      return await this.use(work)
    } finally {
      place.users--
    }
  }

  close(): void {
    for (const { opening } of this.#places) {
      opening.then(
        (shell) => shell.close(),
        () => undefined,
      )
    }
  }

  #choose(): Place {
    this.#places = this.#places.filter(({ shell }) => shell === undefined || shell.isOpen)
    const idle = this.#places.find(({ users }) => users === 0)
    if (idle !== undefined) return idle
    if (this.#places.length < this.#most) return this.#add()
    const [least] = [...this.#places].sort((one, other) => one.users - other.users)
    return least ?? this.#add()
  }

  #add(): Place {
    const place: Place = { opening: this.open(), users: 0 }
    this.#places.push(place)
    place.opening.then(
      (shell) => (place.shell = shell),
      () => (this.#places = this.#places.filter((other) => other !== place)),
    )
    return place
  }
}
