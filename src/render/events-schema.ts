import { z } from 'zod'
import { errorForm, planForm, changeForm, reportForm } from './documents-schema.js'
import { fleetForms } from './events-fleet-schema.js'
import { milliseconds, told } from './events-told.js'

const step = z
  .string()
  .regex(/^[\w-]+\.[\w-]+$/)
  .meta({ id: 'step', description: 'Id of a step, or of a handler at the end of a phase: apt.packages' })
const title = z.string().describe('For people')
const phase = z.string().describe('Title of a phase: it names the phase in a run')
const seconds = z.int().nonnegative().describe('How long it has been going on')
const what = z.string().describe('What it is, for people')
const subject = z.string().describe('What is changed: file /etc/apache2/sites-available/shop.conf')
const percent = z.number().min(0).max(100)

const forms = [
  told('run.start', 'The flags file is read, and the host is known by name', { host: z.string(), site: z.string() }),
  told('check.start', 'Something begins that takes time and is no step: logging in, a last look', { what }),
  told('check.running', 'It, or the survey, still goes on: after 10, 20 and 30 seconds, then every 30', {
    what,
    seconds,
  }),
  told('check.done', 'It has ended', { what, milliseconds }),
  told('notice', 'What a person should know: a line that was lost, a repair, a run that was cut off', {
    text: z.string().describe('For people'),
  }),
  told('survey.start', 'All questions to the host are asked, in one round trip', {}),
  told('survey.done', 'They are answered', { milliseconds, questions: z.int().nonnegative() }),
  told('plan', 'What is to be done, before anything is', { plan: planForm }),
  told('phase.start', 'Steps that are taken back together begin. Several phases may run at the same time', {
    phase,
    steps: z.array(z.object({ step, title })).describe('In the order in which they run'),
    gate: z.boolean().describe('A handler may run at its end'),
  }),
  told('step.start', 'A step begins with a look at the host', { phase, step, title }),
  told('step.same', 'There was nothing to change', { step, title }),
  told('step.change', 'A change begins', { step, change: changeForm }),
  told('step.command', 'A command begins, also one that only looks or takes back', {
    step,
    run: z.string().describe('As a person could type it; a script of ours by its name. Never its stdin'),
    as: z.enum(['login', 'root']).describe('login: the account that logged in'),
  }),
  told('step.output', 'A command has printed a line', { step, text: z.string().describe('As it was printed') }),
  told('step.progress', 'How far a command is', {
    step,
    what,
    percent: percent.optional().describe('Of this command, or of this part of it'),
    count: z.int().nonnegative().optional().describe('Requirements that are known so far'),
    bytes: z.int().nonnegative().optional().describe('Bytes that were sent'),
    total: z.int().nonnegative().optional().describe('Bytes that are to be sent, as far as it is known'),
  }),
  told('step.waiting', 'A command waits for another program: at once, after 10, 20 and 30 seconds, then every 30', {
    step,
    for: z.string().describe('What is locked'),
    holder: z.string().describe('Which program holds it: unattended-upgr (process 812); empty when nobody can tell'),
    seconds,
  }),
  told('step.notice', 'A command has done something that nobody asked for, and that somebody should know of', {
    step,
    notice: z.string().describe('For people'),
  }),
  told('step.running', 'The step still goes on: after 10, 20 and 30 seconds, then every 30', {
    step,
    seconds,
    percent: percent.optional(),
    line: z.string().optional().describe('The last that was heard of it'),
  }),
  told('step.done', 'The step has changed the host, and a second look has shown it', { step, title, milliseconds }),
  told('step.failed', 'The step has failed; its phase will be taken back', {
    step,
    title,
    error: errorForm,
    milliseconds,
  }),
  told('phase.done', 'All steps of the phase are done: it stays', { phase, milliseconds }),
  told('phase.undo', 'The phase is being taken back, the newest change first', { phase, because: errorForm }),
  told('step.undo', 'A change is being taken back, or a handler acts again on what was restored', {
    phase,
    step,
    subject,
  }),
  told('step.undone', 'That has ended', {
    step,
    subject,
    milliseconds,
    complete: z.boolean().describe('false: something is left for a person to do'),
  }),
  told('phase.undone', 'The phase is taken back', { phase, subjects: z.array(subject), milliseconds }),
  told('run.done', 'The host is as it should be', { changes: z.int().nonnegative(), milliseconds }),
  told('result', 'The summary. It comes last, where nothing has failed', {
    host: z.string(),
    site: z.string(),
    url: z.string(),
    changes: z.int().nonnegative(),
    milliseconds,
    report: reportForm.optional().describe('What the site itself said, where it was asked'),
    kept: z.array(z.string()).optional().describe('What a removal has left on the host'),
  }),
  told('error', 'Why it has failed. It comes last; several of them where the host is refused for several reasons', {
    ...errorForm.shape,
  }),
  ...fleetForms,
  told('stack', 'Only in a log: where a mistake of ours has happened', { stack: z.string() }),
] as const

const eventForm = z.discriminatedUnion('type', forms)

type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Immutable<T[Name]> }
    : T

type Untimed<Form> = Form extends unknown ? Omit<Immutable<Form>, 'time'> : never

/** What a line of `--json` or of a log holds, besides its time. */
export type EventDocument = Untimed<z.input<typeof eventForm>>

/** For programs that read `apply --json` or a log, line by line. */
export const eventsJsonSchema = () =>
  z.toJSONSchema(
    eventForm.meta({
      title: 'An event of deploy-flask',
      description:
        'One line of `deploy-flask apply --json`, of `deploy-flask fleet apply --json`, or of a file written by --log. A newer version may tell more.',
    }),
    { target: 'draft-7', io: 'output' },
  )
