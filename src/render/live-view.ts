import type { Event } from '../core/event.js'
import type { Colours } from './colour.js'
import { Live, type Scenery } from './live.js'
import type { Io } from './out.js'
import { Scene, type Stage } from './scene.js'
import { Screen } from './screen.js'
import { signsFor } from './signs.js'

export interface LiveView<E extends { readonly type: string }> {
  readonly io: Io
  readonly view: Live<E>
}

/** A live view on stderr; whatever else is written there comes above what moves. */
export const openViewOf = <E extends { readonly type: string }>(
  io: Io,
  colours: Colours,
  sceneOn: (stage: Stage) => Scenery<E>,
): LiveView<E> => {
  const signs = signsFor(io.env)
  const screen = new Screen(io.stderr, signs, colours)
  return { io: { ...io, stderr: screen }, view: new Live(screen, signs, colours, sceneOn) }
}

/** Of a run on one host. */
export const openLiveView = (io: Io, colours: Colours): LiveView<Event> =>
  openViewOf(io, colours, (stage) => new Scene(stage))
