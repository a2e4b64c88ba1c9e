import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLine, type Line } from '../../vagrant/bench/line.js'
import type { Guest } from '../../vagrant/guest.js'
import type { ErrorCode } from '../../src/errors.js'
import { deployFlask, type CliResult } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { expectFailure, expectRefusal } from '../helpers/failure.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { leftovers, snapshot, type Snapshot } from '../helpers/snapshot.js'
import { startRun, type Running } from './running.js'
import { canary } from './sites.js'

export type Flags = Readonly<Record<string, unknown>>

let differently = 4096
let sites = 0

/** A site of its own for a case. */
export interface Fresh {
  readonly name: string
  readonly flags: Flags
}

/** What one case has: a guest, ways to break it that are ended for it, and runs whose output is kept. */
export class Rig {
  /** Of the last run, which is repeated once the fault is gone. */
  flags: Flags | undefined
  readonly outputs: string[] = []
  readonly seen: string[] = []
  #ends: (() => Promise<unknown>)[] = []

  constructor(
    readonly guest: Guest,
    readonly before: Snapshot,
  ) {}

  /** What a command prints on the guest, past SSH; it has to succeed. */
  host(script: string): Promise<string> {
    return output(this.guest, script)
  }

  /** Makes the host so, until the case is over; `end` takes it back. */
  async inject(make: string, end: string): Promise<void> {
    this.#ends.push(() => this.host(end))
    await this.host(make)
  }

  /** Something to be done when the case is over. */
  finally(end: () => Promise<unknown>): void {
    this.#ends.push(end)
  }

  async endFaults(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }

  /** The notebook, with something to do: another limit of its virtual host in each call, which needs a reload. */
  change(more: Flags = {}): Flags {
    return { ...this.notes(), 'max-body': ++differently, ...more }
  }

  /** The notebook as it was deployed. */
  notes(): Flags {
    return notesFlags(this.guest)
  }

  /** A site that is not there yet; `body` is what one request to it does. */
  async fresh(more: Flags = {}, body?: string): Promise<Fresh> {
    const name = `fresh${++sites}`
    const small = smallFlags(this.guest, await smallApp(body))
    return { name, flags: { ...small, site: name, 'server-name': `${name}.test`, user: 'www-data', ...more } }
  }

  /** The same site, with code that works: what is applied once the fault is gone. */
  async repair(flags: Flags): Promise<void> {
    const { code, wsgi } = smallFlags(this.guest, await smallApp())
    this.flags = { ...flags, applications: undefined, code, wsgi }
  }

  /** Name of the site that the case deploys. */
  get site(): string {
    const site = this.flags?.['site']
    return typeof site === 'string' ? site : 'notes'
  }

  /** Does something on the host at the moment when what lies at a path is replaced, or comes. */
  when(path: string, then: string): Promise<void> {
    const look = `"$(stat -c %i:%Z ${path} 2>/dev/null)"`
    return this.inject(
      `cat >/root/watch <<'EOF'
was=${look}; while [ ${look} = "$was" ]; do :; done
${then}
EOF
systemd-run -q --unit watch bash /root/watch; sleep 0.2`,
      'systemctl stop watch 2>/dev/null; systemctl reset-failed watch 2>/dev/null; rm /root/watch',
    )
  }

  /** A flags file with these. */
  file(flags: Flags): Promise<string> {
    return writeFlags(flags)
  }

  async apply(flags: Flags, ...more: readonly string[]): Promise<CliResult> {
    this.flags = flags
    return this.run('apply', '-f', await writeFlags(flags), '--yes', ...more)
  }

  /** Any command of the product. */
  async run(...args: readonly string[]): Promise<CliResult> {
    const result = await deployFlask(args, { NOTES_SECRET_KEY: canary })
    return this.#keep(result)
  }

  /** As `apply`, but goes on while it runs. */
  async start(flags: Flags, ...more: readonly string[]): Promise<Running> {
    this.flags = flags
    const run = startRun(['apply', '-f', await writeFlags(flags), '--yes', '--verbose', ...more])
    return { ...run, done: run.done.then((result) => this.#keep(result)) }
  }

  /** A way to the guest over a proxy that can misbehave, and takes so many milliseconds; flags that take it. */
  async line(flags: Flags, roundTrip = 0): Promise<{ readonly line: Line; readonly flags: Flags }> {
    const line = await openLine(this.guest, roundTrip, await mkdtemp(join(tmpdir(), 'deploy-flask-test-')))
    this.finally(() => line.stop())
    return { line, flags: { ...flags, host: line.host, ssh: { 'config-file': line.sshConfigFile } } }
  }

  /** For the table, where what a run ends with does not say it. */
  sees(text: string): void {
    this.seen.push(text)
  }

  /** O1, for a run that has changed something and taken it back. */
  failed(result: CliResult, code: ErrorCode): void {
    expectFailure(result, code)
  }

  /** O1, for a run that ended before it changed anything. */
  refused(result: CliResult, code: ErrorCode, place: string | RegExp): void {
    expectRefusal(result, code, place)
  }

  /** What is different from before the case, but for times that move when something is done and taken back. */
  async left(): Promise<string[]> {
    // where a new site notes what was there before it stays, as the note does
    return leftovers(this.before, await snapshot(this.guest))
  }

  #keep(result: CliResult): CliResult {
    this.outputs.push(result.stdout, result.stderr)
    const code = /^error (\w+): /m.exec(result.stderr)?.[1]
    const word = code === undefined ? (result.exitCode === 0 ? 'done' : `exit ${result.exitCode}`) : `\`${code}\``
    if (!this.seen.includes(word)) this.seen.push(word)
    return result
  }
}
