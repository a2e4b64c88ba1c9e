import { z } from 'zod'
import { flagsFile } from './schema.js'

/** For editors: what a person may write, hence without what defaults would add. VS Code reads draft 7. */
export const flagsFileJsonSchema = () => z.toJSONSchema(flagsFile, { io: 'input', target: 'draft-7' })

export type JsonSchema = z.core.JSONSchema.BaseSchema
