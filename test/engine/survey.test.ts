import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/core/command.js'
import { isEmpty } from '../../src/core/plan.js'
import { defineStep } from '../../src/core/step.js'
import { DeployError } from '../../src/errors.js'
import { surveyHost } from '../../src/engine/survey.js'
import { planDocument } from '../../src/render/plan-json.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import { playback, type HostName } from '../fixtures/recorded-host.js'
import { secrets } from '../fixtures/sites.js'
import { phasesFor, phasesOf, type Given } from '../steps/harness.js'

const recorded = (name: HostName, edit: (text: string) => string = (text) => text) => {
  const answer = playback(name)
  return new RecordedTransport({
    answer: (question): Partial<Answer> | undefined => {
      const found = answer(question)
      return found === undefined ? undefined : { ...found, stdout: edit(found.stdout) }
    },
  })
}

const survey = (name: HostName, edit?: (text: string) => string) => surveyHost(recorded(name, edit), phasesOf())

describe('the survey of a whole host', () => {
  it('takes one round trip and a handful of processes', async () => {
    const host = recorded('pristine')
    await surveyHost(host, phasesOf())
    expect(host.counts).toEqual({ connections: 1, batches: 1, commands: 0 })
    expect(host.questions.length).toBeLessThanOrEqual(6)
  })

  it('of a pristine host says of every step what it will do, and of one that it cannot know yet', async () => {
    const { plan, refusals } = await survey('pristine')
    const steps = plan.phases.flatMap((phase) => phase.steps)
    const with_ = (state: string) => steps.filter((step) => step.state === state).map(({ id }) => id)
    expect(with_('unknown')).toEqual(['apache.wsgi-load'])
    expect(with_('ok')).toEqual([
      ...['host.fit', 'apache.port', 'apt.distribution-module', 'site.sqlite', 'apache.listen', 'site.leftovers'],
    ])
    expect(with_('change')).toHaveLength(steps.length - 7)
    expect(refusals).toEqual([])
    expect(plan.phases.map(({ handlers }) => handlers.map(({ id }) => id))).toEqual([
      [],
      [],
      ['apache.configtest'],
      ['site.import'],
      ['apache.reload'],
      [],
    ])
  })

  const everything: readonly (readonly [string, Given, HostName])[] = [
    ['everything', { of: 'shop' }, 'deployed'],
    ['an application in an existing site', { of: 'wiki' }, 'mounted'],
  ]

  it.each(everything)('of a host with a site that has %s finds nothing to do', async (_what, given, name) => {
    const { plan, refusals } = await surveyHost(recorded(name), await phasesFor(given))
    expect(isEmpty(plan)).toBe(true)
    expect(refusals).toEqual([])
  })

  it.each(everything)('for a site that has %s is one round trip, too', async (_what, given, name) => {
    const host = recorded(name)
    await surveyHost(host, await phasesFor(given))
    expect(host.counts).toEqual({ connections: 1, batches: 1, commands: 0 })
  })

  it('of a host that serves PHP changes one line of that site, where an application is mounted in it', async () => {
    const { plan, refusals } = await surveyHost(recorded('php'), await phasesFor({ of: 'wiki' }))
    const updates = plan.phases
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.state === 'change' ? step.changes : []))
      .filter(({ kind }) => kind === 'update' || kind === 'remove')
    expect(updates.map(({ subject }) => subject)).toEqual(['file /etc/apache2/sites-available/php.conf'])
    expect(refusals).toEqual([])
  })

  it.each<Given>([{}, { of: 'shop' }])('names every subject once (%o)', async (given) => {
    const { plan } = await surveyHost(recorded('pristine'), await phasesFor(given))
    const subjects = plan.phases
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.state === 'change' ? step.changes.map(({ subject }) => subject) : []))
    expect(subjects.filter((subject, index) => subjects.indexOf(subject) !== index)).toEqual([])
  })

  it('of a deployed host finds nothing to do', async () => {
    const { plan, refusals } = await survey('deployed')
    expect(isEmpty(plan)).toBe(true)
    expect(refusals).toEqual([])
  })

  it('of a host that serves PHP touches nothing that was there', async () => {
    const { plan } = await survey('php')
    const changes = plan.phases
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.state === 'change' ? step.changes : []))
    expect(changes.filter(({ kind }) => kind === 'update' || kind === 'remove')).toEqual([])
    const text = JSON.stringify(planDocument('h', 'notes', await survey('php')))
    for (const foreign of ['php.conf', '000-default', 'mpm_', 'php.test']) expect(text).not.toContain(foreign)
  })

  it('keeps the values of secrets out of the plan and out of its JSON', async () => {
    for (const name of ['pristine', 'deployed'] as const) {
      const found = await survey(name, (text) => text.replace(/"sha256":"\w+"/g, '"sha256":"other"'))
      const text = JSON.stringify([found, planDocument('h', 'notes', found)])
      expect(text).toContain('settings NOTES_DATABASE, NOTES_TITLE, SECRET_KEY (values not shown)')
      expect(text).not.toContain('only-for-the-fixtures')
    }
  })

  it('keeps logins but no hash of a password in the plan', async () => {
    const found = await surveyHost(recorded('pristine'), await phasesFor({ of: 'shop' }))
    const text = JSON.stringify([found, planDocument('h', 'shop', found)])
    expect(text).toContain('logins ann (hashes not shown)')
    expect(text).not.toContain('$2y$')
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret)
  })
})

describe('the state hash', () => {
  const hashOf = async (edit?: (text: string) => string) => (await survey('deployed', edit)).stateHash

  it('is the same for the same host', async () => {
    expect(await hashOf()).toBe(await hashOf())
  })

  it('does not move with free bytes, process ids and times', async () => {
    const moved = (text: string) =>
      text
        .replace(/"bytes":\d+/g, '"bytes":5000000000')
        .replace(/"(pid|loaded|changed|modified|since)":\d+/g, '"$1":4242')
    expect(await hashOf(moved)).toBe(await hashOf())
  })

  it('moves with an owner, a mode, a content, a package or a release', async () => {
    const edits = [
      ['"owner":"flask-notes"', '"owner":"root"'],
      ['"mode":"0640"', '"mode":"0644"'],
      ['2.4.29-1ubuntu4.27', '2.4.29-1ubuntu4.28'],
      ['"loose":[]', '"loose":["x"]'],
      ['"content":"Iy', '"content":"Ii'],
    ] as const
    for (const [from, to] of edits) {
      const edit = (text: string) => text.replace(from, to)
      expect(await hashOf(edit), from).not.toBe(await hashOf())
    }
  })
})

it('the machine id goes into the survey, so that a plan is not applied to another host', async () => {
  expect((await survey('deployed')).machineId).toBe('0123456789abcdef')
})

it('refusals of all steps are told at once', async () => {
  const refusing = (id: `a.${string}`) =>
    defineStep({
      id,
      title: id,
      probes: {},
      plan: () => [],
      refuse: () => [new DeployError('HOST_UNFIT', { what: id, remedy: 'another host' })],
    })
  const { refusals } = await surveyHost(new RecordedTransport({ answer: () => ({}) }), [
    { title: 'One', steps: [refusing('a.one')] },
    { title: 'Other', steps: [refusing('a.two')] },
  ])
  expect(refusals.map(({ message }) => message)).toEqual(['a.one', 'a.two'])
})

it('a change that the host does not let anybody do refuses the whole run, after what its step has against it', async () => {
  const fault = (what: string) => new DeployError('PATH_MOUNTED', { what, remedy: 'unmount it' })
  const step = defineStep({
    id: 'a.file',
    title: 'a file',
    probes: {},
    plan: () => [
      { kind: 'update', subject: 'file /a', run: [] },
      { kind: 'update', subject: 'file /b', refusal: fault('of the change'), run: [] },
    ],
    refuse: () => [fault('of the step')],
  })
  const { refusals } = await surveyHost(new RecordedTransport({ answer: () => ({}) }), [
    { title: 'One', steps: [step] },
  ])
  expect(refusals.map(({ message }) => message)).toEqual(['of the step', 'of the change'])
})
