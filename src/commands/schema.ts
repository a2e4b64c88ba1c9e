import type { Io } from '../render/out.js'
import type { SchemaOptions } from './options.js'
import type { Services } from './services.js'

/** Of the flags file and of inventories, for editors; of what `--json` prints, for programs that read it. */
export const schema = async (
  io: Io,
  services: Services,
  { events = false, fleet = false, inventory = false }: SchemaOptions,
): Promise<number> => {
  const document = events
    ? (await import('../render/events-schema.js')).eventsJsonSchema()
    : fleet
      ? (await import('../render/fleet-documents.js')).fleetJsonSchema()
      : inventory
        ? (await import('../inventory/json-schema.js')).inventoryJsonSchema()
        : await services.jsonSchema()
  io.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
  return 0
}
