import { z } from 'zod'

const time = z.iso.datetime().meta({ id: 'time', description: 'When it was told, in UTC' })

const hostName = z
  .string()
  .optional()
  .meta({ id: 'hostName', description: 'In a run of a fleet: the host that it is about, as the inventory calls it' })

export const milliseconds = z.int().nonnegative().describe('How long it took')

/** The form of a line. `description` is for people. */
export const told = <Type extends string, Shape extends z.core.$ZodLooseShape>(
  type: Type,
  description: string,
  shape: Shape,
) => z.object({ time, hostName, type: z.literal(type), ...shape }).describe(description)
