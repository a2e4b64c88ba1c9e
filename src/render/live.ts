import type { Colours } from './colour.js'
import { titleOf, type Frames, type Row } from './rows.js'
import type { Stage } from './scene.js'
import type { Screen } from './screen.js'
import type { Signs } from './signs.js'

/** The rows that move, by what the events tell. */
export interface Scenery<E> {
  readonly rows: readonly Row[]
  take(event: E): void
  fail(): void
}

/** Ten times a second something moves. */
const interval = 100

/** The live view of a terminal: rows that move at its end, and above them those that are done. */
export class Live<E extends { readonly type: string }> {
  readonly #scene: Scenery<E>
  readonly #screen: Screen
  readonly #signs: Signs
  readonly #colours: Colours
  #makeFrames: ((signs: Signs, colours: Colours) => Frames) | undefined
  #frames: Frames | undefined
  #timer: NodeJS.Timeout | undefined
  #suspended = 0

  constructor(screen: Screen, signs: Signs, colours: Colours, sceneOn: (stage: Stage) => Scenery<E>) {
    this.#scene = sceneOn({ say: (text) => screen.keep([text]), keep: (rows) => this.#keep(rows) })
    this.#screen = screen
    this.#signs = signs
    this.#colours = colours
  }

  /** Listr makes the lines, and is loaded only for what takes long enough to be looked at. */
  async ready(): Promise<void> {
    const { frames } = await import('./frames.js')
    this.#makeFrames = frames
  }

  readonly event = (event: E): void => {
    this.#scene.take(event)
    if (event.type === 'check.running') void this.ready()
    if (this.#timer !== undefined || this.#scene.rows.length === 0) return
    this.draw()
    // never what keeps the process alive
    this.#timer = setInterval(() => this.#tick(), interval).unref()
  }

  readonly failed = (): void => this.#scene.fail()

  /** Nothing moves while a person is being asked. */
  async suspendedFor<T>(work: () => Promise<T>): Promise<T> {
    this.#suspended++
    this.#screen.keep([])
    try {
      return await work()
    } finally {
      this.#suspended--
    }
  }

  /** A command may print thousands of lines: what moves is drawn when it is time, not with each event. */
  draw(): void {
    const { rows } = this.#scene
    if (this.#suspended === 0 && rows.length > 0) this.#screen.draw(this.#lines(rows))
  }

  #tick(): void {
    this.#frames?.spin()
    this.draw()
  }

  #keep(rows: readonly Row[]): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#screen.keep(rows.length === 0 ? [] : this.#lines(rows))
    this.#frames = undefined
  }

  #lines(rows: readonly Row[]): readonly string[] {
    this.#frames ??= this.#makeFrames?.(this.#signs, this.#colours)
    return this.#frames?.lines(rows) ?? rows.map(titleOf)
  }
}
