import type { Io } from '../render/out.js'
import type { SchemaOptions } from './options.js'
import type { Services } from './services.js'

/** Of the flags file and of inventories, for editors; of the lines of `--json`, for programs that read them. */
export const schema = async (
  io: Io,
  services: Services,
  { events = false, inventory = false }: SchemaOptions,
): Promise<number> => {
  const document = events
    ? (await import('../render/events-schema.js')).eventsJsonSchema()
    : inventory
      ? (await import('../inventory/json-schema.js')).inventoryJsonSchema()
      : await services.jsonSchema()
  io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
  return 0
}
