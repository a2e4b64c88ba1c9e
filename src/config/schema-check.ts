import { z } from 'zod'
import * as text from './fields.js'

const request = z.strictObject({
  path: text.urlPath.optional().meta({
    description: 'Path that is asked after going live; default: where the first application is mounted',
  }),
  statuses: z.array(z.int().min(100).max(599)).min(1).optional().meta({
    description:
      'Statuses that count as an answer; default: any below 400, and 401 and 403 where `access` has a rule; any below 500 where no application is mounted at a URL',
  }),
  body: text.settingText.min(1).max(1000).optional().meta({
    description: 'Text that must be somewhere in the first megabyte of the answer',
  }),
  within: z.int().min(1).max(600).optional().meta({
    description:
      'Seconds within which that answer must have come; default: 20, and less where the site answers, but otherwise',
  }),
})

/** The request that proves that the site answers; a path alone is the short form. */
export const check = z
  .union([text.urlPath, request], {
    error: 'must be a path such as /health, or a mapping with path, statuses, body, within',
  })
  .transform((written) => (typeof written === 'string' ? { path: written } : written))
  .prefault({})
  .meta({
    description: 'The request that proves that the site answers, its health: a path, or more about it',
    examples: ['/health', { path: '/health', statuses: [200], body: 'ok', within: 30 }],
  })
