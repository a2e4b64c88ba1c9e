import { z } from 'zod'

const reason = z.string().describe('Why, where it does not speak for itself')

/** What all failures come to. */
export const errorForm = z
  .object({
    code: z
      .string()
      .regex(/^[A-Z][A-Z_]*$/)
      .describe('Permanent: APT_FAILED'),
    exitCode: z.int().describe('Of the process, when this error ends it'),
    what: z.string(),
    where: z.string().optional(),
    evidence: z.string().optional(),
    remedy: z.string().describe('What to do'),
  })
  .meta({ id: 'error' })

export const changeForm = z
  .object({
    kind: z.enum(['create', 'update', 'remove', 'run']),
    subject: z.string().describe('Named once in a plan: file /etc/apache2/sites-available/shop.conf'),
    reason: reason.optional(),
    diff: z.object({ before: z.string(), after: z.string() }).optional().describe('Of text; secrets show as [secret]'),
    commands: z.array(z.object({ run: z.string(), as: z.enum(['login', 'root']) })),
  })
  .meta({ id: 'change' })

const titled = { id: z.string(), title: z.string() }

const stepForm = z.discriminatedUnion('state', [
  z.object({ ...titled, state: z.literal('ok') }),
  z.object({ ...titled, state: z.literal('change'), changes: z.array(changeForm) }),
  z.object({
    ...titled,
    state: z.literal('unknown'),
    until: z.string().describe('Id of the step that decides'),
    reason: z.string(),
  }),
])

const phaseForm = z.object({
  title: z.string(),
  steps: z.array(stepForm),
  handlers: z.array(z.object({ ...titled, reason: z.string() })),
})

/** The plan as `plan --json` prints it. */
export const planForm = z
  .object({
    version: z.literal(1),
    host: z.string(),
    site: z.string(),
    code: z
      .object({ git: z.string(), ref: z.string(), commit: z.string() })
      .optional()
      .describe('Where the code comes from a repository'),
    machineId: z.string().describe('/etc/machine-id of the host'),
    stateHash: z.string().describe('Another one when the host has changed in anything that the plan depends on'),
    kept: z.array(z.string()).optional().describe('What a removal leaves on the host'),
    phases: z.array(phaseForm),
  })
  .meta({ id: 'plan' })

export const reportForm = z
  .object({
    url: z.string(),
    processGroup: z.string().optional(),
    user: z.string().optional(),
    pythonPrefix: z.string().optional(),
  })
  .meta({ id: 'report' })

/** What `fleet plan --json` prints: hosts that the same is to be done on stand together. */
export const fleetPlanForm = z
  .object({
    version: z.literal(1),
    site: z.string(),
    groups: z.array(
      z.object({ hosts: z.array(z.string()).readonly(), changes: z.int().nonnegative(), phases: z.array(phaseForm) }),
    ),
    failed: z
      .array(z.object({ host: z.string(), errors: z.array(errorForm).readonly() }))
      .describe('Hosts that no plan can be made for'),
  })
  .meta({ id: 'fleetPlan' })

/** What a host of a fleet has come to. */
export const hostOutcomeForm = z
  .object({
    host: z.string().describe('As the inventory calls it'),
    state: z
      .enum(['changed', 'same', 'failed', 'not begun'])
      .describe('same: there was nothing to do; not begun: nothing was changed there'),
    changes: z.int().nonnegative(),
    milliseconds: z.int().nonnegative().describe('Of this host alone'),
    errors: z.array(errorForm).readonly().describe('Where it has failed: at least one'),
  })
  .readonly()
  .meta({ id: 'outcome' })

export type HostOutcome = z.output<typeof hostOutcomeForm>
