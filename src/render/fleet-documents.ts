import { z } from 'zod'
import { errorForm, fleetPlanForm, hostOutcomeForm } from './documents-schema.js'

const version = z.literal(1)
const name = z.string().describe('As the inventory calls it')
const instant = z.number().describe('Seconds since 1970, by the clock of the host')
const texts = z.array(z.string()).readonly()

/** What `fleet list --json` prints. */
export const fleetListForm = z
  .object({
    version,
    hosts: z.array(
      z.object({
        host: name,
        groups: texts.describe('That it is in, without all'),
        differs: z.record(z.string(), z.unknown()).describe('Settings of its own: ssh.port'),
      }),
    ),
  })
  .meta({ id: 'fleetList' })

const certificateForm = z.object({
  until: instant,
  issuer: z.string(),
  names: texts,
  lasts: z.enum(['long', 'ending', 'expired']),
  fault: z
    .object({ why: z.enum(['mismatch', 'unreadable']), said: z.string().describe('In the words of OpenSSL') })
    .nullable()
    .describe('Why Apache could not start with it'),
})

const processForm = z.object({
  pid: z.int(),
  user: z.string(),
  bytes: z.number().describe('Of memory'),
  since: instant,
  cpu: z.number().describe('Seconds of a processor'),
  title: z.string(),
})

const siteForm = {
  host: z.string().describe('Where the program has logged in'),
  site: z.string(),
  url: z.string(),
  enabled: z.boolean(),
  now: instant,
  apache: z.object({ since: instant }).nullable().describe('null: it does not run'),
  releases: z
    .array(
      z.object({
        name: z.string(),
        commit: z.string().optional().describe('abcdef012345 of main'),
        at: z.string().optional().describe('UTC; when it was online last'),
        state: z.enum(['live', 'good', 'taken back', 'rolled back', 'never online']),
      }),
    )
    .readonly(),
  processes: z.array(processForm).readonly(),
  requests: z
    .object({ counts: z.record(z.string(), z.number()).describe('Of the last hour, by 2xx'), last: instant.nullable() })
    .nullable()
    .describe('null: the site has no log of its own'),
  errors: texts.describe('The last lines of its log'),
  certificate: certificateForm
    .nullable()
    .optional()
    .describe('Missing: the site has no HTTPS; null: there is none yet'),
  free: z.number().describe('Bytes on the disk of the site'),
  lock: z.string().describe('In words: who is changing the host, or what was cut off'),
  drift: z
    .union([texts, z.string()])
    .describe('Differences between the flags file and the host; a text where nobody could look'),
}

/** What `fleet status --json` prints. */
export const fleetStatusForm = z
  .object({
    version,
    hosts: z.array(z.object({ name, ...siteForm })),
    failed: z.array(z.object({ host: name, errors: z.array(errorForm).readonly() })).describe('Hosts that do not tell'),
  })
  .meta({ id: 'fleetStatus' })

const count = z.int().nonnegative()
const counts = z.object({
  changed: count,
  same: count,
  failed: count,
  running: count.describe('In flight now'),
  waiting: count.describe('Their turn may come'),
  notBegun: count.describe('Their turn does not come any more'),
})

const runForm = z.object({
  id: z.string(),
  file: z.string().describe('The flags file, in the folder of the workers'),
  by: z.string(),
  time: z.iso.datetime().describe('When it was given'),
  state: z.enum(['running', 'done', 'stopped']),
  stopped: z.string().optional().describe('Why no further host begins'),
  counts,
  waves: z.array(z.object({ name: z.string(), counts })).readonly(),
  inFlight: z.array(z.object({ host: name, worker: z.string() })).readonly(),
  failed: z.array(hostOutcomeForm).readonly(),
  refusals: z
    .array(z.object({ worker: z.string(), text: z.string() }))
    .readonly()
    .describe('Workers that take no part'),
})

/** What `fleet status --queue --json` prints. */
export const fleetRunsForm = z
  .object({ version, workers: texts, runs: z.array(runForm).describe('The last one first') })
  .meta({ id: 'fleetRuns' })

/** For programs that read what commands for fleets print with `--json`, where that is one document. */
export const fleetJsonSchema = () =>
  z.toJSONSchema(
    z.union([fleetListForm, fleetPlanForm, fleetStatusForm, fleetRunsForm]).meta({
      title: 'A document of deploy-flask about a fleet',
      description:
        'What `deploy-flask fleet list`, `fleet plan`, `fleet status` and `fleet status --queue` print with --json. A newer version may tell more.',
    }),
    { target: 'draft-7', io: 'output' },
  )
