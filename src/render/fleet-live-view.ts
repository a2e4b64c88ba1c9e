import type { FleetEvent } from '../fleet/event.js'
import type { Colours } from './colour.js'
import { FleetScene } from './fleet-scene.js'
import { openViewOf } from './live-view.js'
import type { Io } from './out.js'

/** The live view of a run on many hosts. */
export const openFleetView = (io: Io, colours: Colours) =>
  openViewOf<FleetEvent>(io, colours, (stage) => new FleetScene(stage))
