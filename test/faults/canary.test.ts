import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'vitest'
import { writeFlags } from '../helpers/flags.js'
import { folderWith } from '../helpers/small-site.js'
import type { Canaries } from './canaries.js'
import { canaryCase, certificate, logins, settings } from './canary-case.js'
import type { Rig } from './rig.js'

/** A playbook that ends with a mistake of its own, and says all it knows of the site. */
const talkative = (where: string): string => `import { inspect } from 'node:util'
import { definePlaybook, defineStep, flaskSite, type Site } from 'deploy-flask'

const tell = (site: Site): never => {
  throw new TypeError(\`a bug: \${JSON.stringify(site)} \${inspect(site, { depth: 9, showHidden: true })} \${String(Object.values(site.settings))}\`)
}
const throwing = (site: Site) => defineStep({
  id: 'mine.throwing', title: 'Throws', probes: {},
  plan: () => [{ kind: 'run', subject: 'throw', run: [{ argv: ['true'], as: 'root', get stdin(): string { return tell(site) } }] }],
})
export default definePlaybook<Site>({
  name: 'mine', summary: 'Fails',
  phases: (site) => ${where === 'phases' ? 'tell(site)' : `flaskSite.phases(site).map((phase) => (phase.title === 'Site' ? { ...phase, steps: [...phase.steps, throwing(site)] } : phase))`},
})
`

/**
 * Loaded before the program: a mistake inside of it, which says all it knows of the settings. It is thrown where the plan
 * is made, or out of nowhere in the middle of the changes.
 */
const MISTAKE = `import { inspect } from 'node:util'
const { keys, values } = Object, { write } = process.stderr
const known = []
const mistake = () =>
  new TypeError('a bug: ' + JSON.stringify(known) + inspect(known, { depth: 9, showHidden: true }) + String(known.map(values)))
Object.keys = (given) => {
  if (typeof given === 'object' && values(given).some((value) => value?.constructor?.name === 'Secret')) {
    known.push(given)
    if (process.env.MISTAKE === 'planning') throw mistake()
  }
  return keys(given)
}
process.stderr.write = function (text, ...more) {
  if (process.env.MISTAKE === 'applying' && /apache\\.vhost: update/.test(text)) setImmediate(() => { throw mistake() })
  return write.call(this, text, ...more)
}
`

/** The runs of this case: each with secrets of its own, all with a log that tells everything. */
class Runs {
  readonly log: readonly string[]

  constructor(
    private readonly rig: Rig,
    private readonly canaries: Canaries,
  ) {
    this.log = ['--verbose', '--log', join(canaries.folder, 'run.log')]
  }

  async file(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    this.canaries.renew()
    return writeFlags(await this.canaries.flags(this.rig.guest, more))
  }

  async succeed(): Promise<void> {
    const { canaries, log } = this
    const flags = await this.file()
    const plan = await canaries.run(['plan', '-f', flags, ...log, '--out', join(canaries.folder, 'saved.plan')])
    expect(plan.exitCode, plan.stderr).toBe(0)
    await canaries.run(['plan', '-f', flags, '--json'])
    const applied = await canaries.run(['apply', '-f', flags, '--yes', '--json', ...log])
    expect(applied.exitCode, applied.stderr).toBe(0)
    for (const option of ['--vhost', '--origins']) {
      const told = await canaries.run(['explain', '-f', flags, option])
      expect(told.exitCode, told.stderr).toBe(0)
    }
    expect(await canaries.found(this.rig.guest)).toEqual([settings])
  }

  async fail(): Promise<void> {
    const { canaries, log, rig } = this
    const flags = await this.file({ 'max-body': 5001, ...(await canaries.usersFile()) })
    const failed = await withFault(
      rig,
      'chattr +i /etc/apache2/sites-available/notes.conf',
      'chattr -i /etc/apache2/sites-available/notes.conf',
      () => canaries.run(['apply', '-f', flags, '--yes', ...log]),
    )
    expect(failed.stderr).toMatch(/^error STEP_FAILED: /m)

    const check = await this.file({ check: { path: '/', statuses: [418] }, ...(await canaries.usersFile()) })
    const gate = await canaries.run(['apply', '-f', check, '--yes', ...log])
    expect(gate.stderr).toMatch(/^error SITE_NOT_ANSWERING: /m)
    expect(await canaries.found(rig.guest)).toEqual([settings])
  }

  /** A mistake in a playbook of the user's is the user's. */
  async crash(): Promise<void> {
    const { canaries, log } = this
    for (const where of ['phases', 'step']) {
      const playbook = join(await folderWith({ 'mine.ts': talkative(where) }), 'mine.ts')
      const flags = await this.file({ 'max-body': 5002 })
      const bug = await canaries.run(['apply', '-f', flags, '--yes', '--playbook', playbook, ...log])
      expect(bug.stderr).toMatch(/^error PLAYBOOK_FAILED: .*a bug: .*\[secret\]/m)
    }

    const mistake = join(canaries.folder, 'mistake.mjs')
    await writeFile(mistake, MISTAKE)
    for (const when of ['planning', 'applying']) {
      const env = { NODE_OPTIONS: `--import=${pathToFileURL(mistake).href}`, MISTAKE: when }
      const flags = await this.file({ 'max-body': 5003, ...(await canaries.usersFile()) })
      const bug = await canaries.run(['apply', '-f', flags, '--yes', ...log], { env })
      expect(bug.exitCode, bug.stderr).toBe(70)
      expect(bug.stderr).toMatch(/^error INTERNAL: .*a bug: .*\[secret\]/m)
      expect(bug.stderr).toMatch(/^TypeError: a bug: .*\[secret\][^]*^ {4}at /m)
    }
  }

  async stop(): Promise<void> {
    const { canaries, log, rig } = this
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const killed = { by: signal, when: /apache\.vhost: update/ }
      const flags = await this.file({ 'max-body': 5004 })
      const stopped = await canaries.run(['apply', '-f', flags, '--yes', ...log], { killed })
      expect(stopped.exitCode, stopped.stderr).toBe(signal === 'SIGINT' ? 130 : -1)
    }
    await expectKeptFor(rig, canaries)
    const recovered = await canaries.run(['recover', '-f', await this.file(), '--yes', ...log])
    expect(recovered.exitCode, recovered.stderr).toBe(0)
  }

  /** Its key is in one file, whether Apache takes the change or not. */
  async serveByHttps(): Promise<void> {
    const { canaries, log, rig } = this
    const tls = await canaries.tls()
    const flags = await this.file(tls)
    await canaries.run(['plan', '-f', flags, '--json'])
    const applied = await canaries.run(['apply', '-f', flags, '--yes', '--json', ...log])
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(await canaries.found(rig.guest)).toEqual([certificate, settings])
    const other = await this.file({ ...tls, 'max-body': 5005, check: { path: '/', statuses: [418] } })
    const gate = await canaries.run(['apply', '-f', other, '--yes', ...log])
    expect(gate.stderr).toMatch(/^error SITE_NOT_ANSWERING: /m)
    for (const command of ['status', 'drift', 'verify']) await canaries.run([command, '-f', flags, '--json', ...log])
  }

  async sendLogins(): Promise<void> {
    const flags = await this.file(await this.canaries.usersFile())
    const applied = await this.canaries.run(['apply', '-f', flags, '--yes', ...this.log])
    expect(applied.exitCode, applied.stderr).toBe(0)
  }
}

/** What the host holds while a change of the settings can still be taken back. */
const expectKeptFor = async (rig: Rig, canaries: Canaries): Promise<void> => {
  const found = await canaries.found(rig.guest)
  const kept = found.filter((line) => line.startsWith('/var/lib/deploy-flask/undo/'))
  expect(kept).toEqual(['/var/lib/deploy-flask/undo/etc%deploy-flask%notes%settings.json 640 root:flask-notes'])
  expect(await rig.host("stat -c '%a %U:%G' /var/lib/deploy-flask/undo")).toBe('700 root:root\n')
  expect(found.filter((line) => !kept.includes(line))).toEqual([settings])
}

canaryCase(
  'unique secrets in every field, in every way a run can end: they are where they must be, and nowhere else',
  async (rig, canaries) => {
    const runs = new Runs(rig, canaries)
    await runs.succeed()
    await runs.fail()
    await runs.crash()
    await runs.stop()
    await runs.serveByHttps()
    await runs.sendLogins()
    rig.sees('the settings file, logins that were sent, a certificate with its key, and their copies for the undo')
    return [logins, certificate, settings].sort()
  },
)

const withFault = async <T>(rig: Rig, make: string, end: string, work: () => Promise<T>): Promise<T> => {
  await rig.host(make)
  try {
    return await work()
  } finally {
    await rig.host(end)
  }
}
