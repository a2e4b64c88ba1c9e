import { z } from 'zod'

const reference = z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })])

/** What is known so far, in the words of the flags file. It holds no secret: those are only referred to. */
export const draft = z.object({
  host: z.string().optional(),
  site: z.string().optional(),
  'server-name': z.string().optional(),
  code: z.strictObject({ folder: z.string() }).optional(),
  wsgi: z.string().optional(),
  requirements: z.union([z.string(), z.array(z.string()), z.literal(false)]).optional(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), reference])).optional(),
  sqlite: z.array(z.string()).optional(),
  init: z.union([z.string(), z.array(z.string())]).optional(),
  static: z.record(z.string(), z.union([z.string(), z.looseObject({})])).optional(),
})

export type Draft = z.output<typeof draft>

export type DraftKey = keyof Draft

/** Where each value comes from: `shop/__init__.py:12`, `your answer`. */
export type Sources = Readonly<Partial<Record<string, string>>>
