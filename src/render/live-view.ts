import type { Colours } from './colour.js'
import { Live } from './live.js'
import type { Io } from './out.js'
import { Screen } from './screen.js'
import { signsFor } from './signs.js'

/** The live view on stderr; whatever else is written there comes above what moves. */
export const openLiveView = (io: Io, colours: Colours): { readonly io: Io; readonly view: Live } => {
  const signs = signsFor(io.env)
  const screen = new Screen(io.stderr, signs, colours)
  return { io: { ...io, stderr: screen }, view: new Live(screen, signs, colours) }
}
