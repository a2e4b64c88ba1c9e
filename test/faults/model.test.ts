import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { startVisitor } from '../helpers/visitor.js'
import { Crashes, moments } from './crashes.js'
import { hostFaults } from './oracles.js'
import { isFull, seed } from './sampled.js'

const versions = ['one', 'two'] as const
const limits = [1024, 2048] as const

interface Wanted {
  readonly version: (typeof versions)[number]
  readonly limit: (typeof limits)[number]
}

/** What the host must be like, as far as anybody can say. */
interface Model {
  /** What was deployed last; undefined: nothing, or it was removed. */
  deployed: Wanted | undefined
  /** Somebody has disabled the site. */
  disabled: boolean
  /** A run was killed: it may serve the old or the new, and the next run heals it. */
  cutOff: boolean
}

interface Real {
  readonly guest: Guest
  readonly crashes: Crashes
  readonly files: ReadonlyMap<string, string>
}

const keyOf = ({ version, limit }: Wanted): string => `${version} ${limit}`

type Command = fc.AsyncCommand<Model, Real>

const served = async ({ guest }: Real): Promise<string> => {
  const { status, body } = await ask(guest, '/', { name: 'small.test' })
  return status === 200 && versions.some((version) => version === body) ? body : 'another site'
}

/** What holds after each command: the host serves what the model says, unless nobody can say. */
const check = async (model: Model, real: Real): Promise<void> => {
  if (model.cutOff) return
  const wanted = model.deployed !== undefined && !model.disabled ? model.deployed.version : 'another site'
  expect(await served(real)).toBe(wanted)
}

class Deploy implements Command {
  constructor(readonly wanted: Wanted) {}
  check = (): boolean => true
  async run(model: Model, real: Real): Promise<void> {
    const flags = real.files.get(keyOf(this.wanted)) ?? ''
    const applied = await deployFlask(['apply', '-f', flags, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    Object.assign(model, { deployed: this.wanted, disabled: false, cutOff: false } satisfies Model)
    await check(model, real)
    const vhost = await output(real.guest, 'cat /etc/apache2/sites-enabled/small.conf')
    expect(vhost).toContain(`LimitRequestBody ${this.wanted.limit}\n`)
    expect(vhost).not.toContain('by hand')
    expect((await deployFlask(['plan', '-f', flags, '--exit-code'])).exitCode).toBe(0)
    expect(await hostFaults(real.guest)).toEqual([])
  }
  toString = (): string => `deploy ${keyOf(this.wanted)}`
}

class Crash implements Command {
  constructor(
    readonly wanted: Wanted,
    readonly message: number,
    readonly when: (typeof moments)[number],
  ) {}
  check = (): boolean => true
  async run(model: Model, real: Real): Promise<void> {
    const flags = real.files.get(keyOf(this.wanted)) ?? ''
    await real.crashes.kill(flags, { message: this.message, when: this.when })
    model.cutOff = true
  }
  toString = (): string => `crash of ${keyOf(this.wanted)} at message ${this.message}, ${this.when}`
}

/** Something that an administrator does. */
class ByHand implements Command {
  constructor(
    readonly what: string,
    readonly script: string,
    readonly becomes: Partial<Model>,
  ) {}
  check = ({ deployed, cutOff }: Readonly<Model>): boolean => deployed !== undefined && !cutOff
  async run(model: Model, real: Real): Promise<void> {
    await output(real.guest, this.script)
    Object.assign(model, this.becomes)
    await check(model, real)
  }
  toString = (): string => this.what
}

class Remove implements Command {
  check = ({ cutOff }: Readonly<Model>): boolean => !cutOff
  async run(model: Model, real: Real): Promise<void> {
    await real.crashes.remove()
    Object.assign(model, { deployed: undefined, disabled: false } satisfies Partial<Model>)
    await check(model, real)
  }
  toString = (): string => 'remove by hand'
}

const wanted = fc.record({ version: fc.constantFrom(...versions), limit: fc.constantFrom(...limits) })

const commands: readonly fc.Arbitrary<Command>[] = [
  wanted.map((one) => new Deploy(one)),
  fc
    .tuple(wanted, fc.integer({ min: 1, max: 120 }), fc.constantFrom(...moments))
    .map(([one, message, when]) => new Crash(one, message, when)),
  fc.constant(
    new ByHand(
      'edit the virtual host',
      "sed -i 's/LimitRequestBody .*/# by hand/' /etc/apache2/sites-available/small.conf",
      {},
    ),
  ),
  fc.constant(new ByHand('a2dissite', 'a2dissite -q small && systemctl reload apache2 && sleep 1', { disabled: true })),
  fc.constant(new Remove()),
]

let real: Real

beforeAll(async () => {
  const container = { container: `deploy-flask-guest-${inject('guests')}` }
  const guest = await createGuest(container, `${inject('guests')}-model`)
  const files = new Map<string, string>()
  for (const version of versions) {
    const code = { folder: await smallApp(`start_response('200 OK', [])\n    return [b'${version}']`) }
    for (const limit of limits) {
      files.set(keyOf({ version, limit }), await writeFlags({ ...smallFlags(guest, code.folder), 'max-body': limit }))
    }
  }
  real = { guest, crashes: await Crashes.on(guest), files }
  await real.crashes.deployFirst()
})
afterAll(() => real.guest.destroy())

it('F20 deployments, edits by hand and crashes in any order end as a pure model of the host says', async ({ task }) => {
  const title =
    'deployments, edits and removals by hand, and crashes, in any order, compared with a pure model of the host'
  const numRuns = isFull ? 200 : 4
  task.meta.fault = { id: 'F20', title, seen: isFull ? `${numRuns} sequences` : 'a sample of the sequences' }
  const visitor = startVisitor(real.guest, 'php.test', await ask(real.guest, '/', { name: 'php.test' }))
  let ran = 0
  await fc.assert(
    fc.asyncProperty(fc.commands([...commands], { maxCommands: 6, size: 'max' }), async (sequence) => {
      await real.crashes.remove()
      await output(real.guest, 'rm -rf /var/lib/deploy-flask/undo')
      await fc.asyncModelRun(() => ({ model: { deployed: undefined, disabled: false, cutOff: false }, real }), sequence)
      ran++
    }),
    { numRuns, seed, endOnFailure: true },
  )
  process.stdout.write(`model: ${ran} sequences, seed ${seed}\n`)
  expect((await visitor.stop()).failures).toEqual([])
}, 14_400_000)
