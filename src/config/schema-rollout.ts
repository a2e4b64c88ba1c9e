import { z } from 'zod'
import * as text from './fields.js'

const howMany = z.int().min(1).max(100_000)
const percent = text.matching(/^([1-9][0-9]?|100)%$/, 'must be a percentage like 25%')

const share = z.union([howMany, percent], { error: 'must be a number of hosts, or a percentage of them like "25%"' })

/** How the hosts of a fleet follow each other; what each of them gets is said by the rest of the flags file. */
export const fleet = z
  .strictObject({
    parallel: z.int().min(1).max(500).default(20).meta({ description: 'Hosts in flight at the same time, at most' }),
    rolling: share.optional().meta({
      description:
        'Hosts in flight at the same time, the next one as soon as one is done; or a percentage: waves of that size, ' +
        'one after the other. The first failure ends it, unless `stop-after` says otherwise',
      examples: [1, '25%'],
    }),
    canary: z
      .union([howMany, text.matching(/^[^\p{Cc}\p{Cs}]+$/u, 'must be a pattern of hosts on one line', 1_000)], {
        error: 'must be a number of hosts, a percentage of them like "5%", or a pattern of hosts',
      })
      .optional()
      .meta({
        description:
          'Hosts that go first: a number, a percentage, or a pattern. All of them must work before others begin',
        examples: [1, '5%', 'staging'],
      }),
    'canary-wait': z
      .int()
      .min(0)
      .max(86_400)
      .default(0)
      .meta({ description: 'How long the canaries run before they are asked again and others begin (seconds)' }),
    'stop-after': share.optional().meta({
      description: 'Failed hosts, or a percentage of all, after which no further host begins',
      examples: [3, '10%'],
    }),
    'host-seconds': z.int().min(10).max(86_400).default(3_600).meta({
      description: 'How long one host may take before its run is stopped and taken back (seconds)',
    }),
  })
  .prefault({})
  .meta({ description: 'How the hosts of a fleet follow each other' })
