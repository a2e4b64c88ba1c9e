import type { Io } from '../render/out.js'
import type { Services } from './services.js'

/** For editors: save it, and name it in the first line of a flags file. */
export const schema = async (io: Io, services: Services): Promise<number> => {
  io.stdout.write(`${JSON.stringify(await services.jsonSchema(), undefined, 2)}\n`)
  return 0
}
