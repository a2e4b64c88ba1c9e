import type { Answer, Command } from '../../src/core/command.js'
import { root } from '../../src/core/command.js'
import { commandText } from '../../src/core/command-text.js'
import type { Event } from '../../src/core/event.js'
import type { Phase } from '../../src/core/playbook.js'
import type { Probe } from '../../src/core/probe.js'
import { defineStep, type Step, type StepId } from '../../src/core/step.js'
import { DeployError } from '../../src/errors.js'
import { applyPlan } from '../../src/engine/apply.js'
import { HeldHost } from '../../src/engine/held-host.js'
import type { Holder } from '../../src/engine/holder.js'
import { Lock, type Found } from '../../src/engine/lock.js'
import { surveyHost } from '../../src/engine/survey.js'
import { RecordedTransport } from '../../src/transport/recorded.js'
import type { Transport } from '../../src/transport/transport.js'

/** A question about one thing of the host: `on`, or nothing. */
export const look = (thing: string): Probe<boolean> => ({
  ask: { sh: `look ${thing}` },
  as: 'root',
  parse: ({ stdout }) => stdout === 'on',
})

/** A step that wants a thing to be there; what it runs is `make THING`, and `unmake THING` takes it back. */
export const wants = (thing: string, more: { triggers?: readonly StepId[]; undo?: boolean } = {}): Step =>
  defineStep({
    id: `thing.${thing}`,
    title: `The ${thing}`,
    probes: { there: look(thing) },
    plan: ({ there }) =>
      there
        ? []
        : [
            {
              kind: 'create',
              subject: thing,
              run: [root('make', thing)],
              ...(more.undo === false ? {} : { undo: [root('unmake', thing)] }),
            },
          ],
    ...(more.triggers === undefined ? {} : { triggers: more.triggers }),
  })

export const connectionLost = (): DeployError =>
  new DeployError('CONNECTION_LOST', { what: 'the connection was lost', remedy: 'check the network' })

const somebody: Holder = {
  who: 'ann@laptop',
  from: '10.0.3.1',
  since: '2026-11-30T01:00:00.000Z',
  command: 'apply',
  site: 'house',
}

/** A host whose lock is held by this run; what keeps it there is not played back. */
export const held = (
  transport: Transport,
  emit: (event: Event) => void = () => undefined,
  found: Found = { last: '', journal: false, jobs: [] },
): HeldHost =>
  new HeldHost(
    transport,
    new Lock(transport, { holder: somebody, seconds: 0, onWaiting: () => undefined }),
    somebody,
    found,
    emit,
  )

const forgetting = 'forget what was kept for an undo'

type Behaviour = Partial<Answer> | (() => Partial<Answer>)

/** A host of a few things, which remembers what was done to it. `when`: how commands end, by their text. */
export class FakeHost {
  readonly events: Event[] = []
  readonly transport: RecordedTransport
  readonly #things: Set<string>

  constructor(things: readonly string[] = [], when: Readonly<Record<string, Behaviour>> = {}) {
    this.#things = new Set(things)
    this.transport = new RecordedTransport({
      answer: ({ sh }) => ({ stdout: this.#things.has(sh.replace('look ', '')) ? 'on' : '' }),
      result: (command) => {
        const behaviour = when[commandText(command)]
        if (behaviour === undefined) return this.#obey(command)
        return typeof behaviour === 'function' ? behaviour() : behaviour
      },
    })
  }

  #obey({ argv: [verb, thing = ''] }: Command): Partial<Answer> {
    if (verb === 'make') this.#things.add(thing)
    if (verb === 'unmake') this.#things.delete(thing)
    return {}
  }

  /** Behind the back of the run. */
  put(thing: string): void {
    this.#things.add(thing)
  }

  get things(): readonly string[] {
    return [...this.#things]
  }

  /** What was run, in order, without the engine's own tidying up. */
  get commands(): readonly string[] {
    return this.transport.commands.map(commandText).filter((text) => text !== forgetting)
  }

  get told(): readonly string[] {
    return this.events.map((event) => ('step' in event ? `${event.type} ${event.step}` : event.type))
  }

  async apply(
    phases: readonly Phase[],
    more: { confirmed?: boolean; signal?: AbortSignal; meanwhile?: () => void } = {},
  ) {
    const survey = await surveyHost(this.transport, phases)
    more.meanwhile?.()
    return applyPlan({
      host: held(this.transport, (event) => this.events.push(event)),
      phases,
      survey,
      emit: (event) => this.events.push(event),
      confirmed: more.confirmed ?? true,
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    })
  }

  /** The error that a run ends with; a test fails when it does not. */
  async failure(...args: Parameters<FakeHost['apply']>): Promise<DeployError> {
    try {
      await this.apply(...args)
    } catch (error) {
      if (error instanceof DeployError) return error
      throw error
    }
    throw new Error('the run did not fail')
  }
}
