import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openLine } from '../../vagrant/bench/line.js'
import type { Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import type { Cut } from '../helpers/delay-proxy.js'
import { output } from '../helpers/eyes.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { differences, snapshot, withoutTimes, type Snapshot } from '../helpers/snapshot.js'
import { hostFaults } from './oracles.js'
import { startRun } from './running.js'

export const moments = ['before it is sent', 'before the reply', 'after the reply'] as const

const untimed = (text: string): string => text.replace(/\d{8}T\d{6}Z/g, 'TIME')

/** A release has the time of its run in its name. */
const comparable = (found: Snapshot): Snapshot =>
  Object.fromEntries(Object.entries(withoutTimes(found)).map(([path, line]) => [untimed(path), untimed(line)]))

/** As before the first deployment; the venv stays, so that it takes no pip. */
const REMOVE = `a2dissite -q small 2>/dev/null; a2dismod -q -f wsgi-nothing 2>/dev/null
mv /srv/small/venvs /root/venvs 2>/dev/null; rm -rf /srv/small /etc/deploy-flask/small /var/lib/deploy-flask/small
rm -f /etc/apache2/sites-available/small.conf; userdel flask-small 2>/dev/null; groupdel flask-small 2>/dev/null
systemctl reload apache2; mkdir -p /srv/small && mv /root/venvs /srv/small/venvs && chmod 0755 /srv/small; true`

/** A site whose deployment is killed somewhere, again and again. */
export class Crashes {
  private constructor(
    readonly guest: Guest,
    private readonly folder: string,
    private readonly first: string,
    private readonly second: string,
  ) {}

  static async on(guest: Guest): Promise<Crashes> {
    const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
    const flags = smallFlags(guest, await smallApp())
    const first = await writeFlags({ ...flags, 'keep-releases': 1 })
    const code = await smallApp("start_response('200 OK', [])\n    return [b'second']")
    const second = await writeFlags({ ...flags, 'keep-releases': 1, code: { folder: code }, 'max-body': 4096 })
    return new Crashes(guest, folder, first, second)
  }

  async remove(): Promise<void> {
    await output(this.guest, REMOVE)
  }

  async deployFirst(): Promise<void> {
    expect(await deployFlask(['apply', '-f', this.first, '--yes'])).toMatchObject({ exitCode: 0 })
  }

  /** The way there, from nothing or from the first version. */
  async begin(kind: 'first' | 'update'): Promise<string> {
    await this.remove()
    if (kind === 'first') return this.first
    await this.deployFirst()
    return this.second
  }

  /** A whole run: how often the client speaks in it, and what the host is like then. */
  async uninterrupted(kind: 'first' | 'update'): Promise<{ readonly messages: number; readonly end: Snapshot }> {
    const flags = await this.begin(kind)
    const line = await openLine(this.guest, 0, this.folder)
    try {
      line.turns()
      const applied = await deployFlask(this.over(line, flags))
      expect(applied.exitCode, applied.stderr).toBe(0)
      return { messages: line.turns(), end: comparable(await snapshot(this.guest)) }
    } finally {
      await line.stop()
    }
  }

  /** Kills the run there and cuts its line; then it is run again, and once more. Answers what is not as it should be. */
  async crash(kind: 'first' | 'update', where: Cut, end: Snapshot): Promise<string[]> {
    const flags = await this.begin(kind)
    await this.kill(flags, where)
    return this.converges(flags, end)
  }

  /** Kills a run there, and cuts its line; it may be over before. */
  async kill(flags: string, where: Cut): Promise<void> {
    const line = await openLine(this.guest, 0, this.folder)
    const reached = line.proxy.cutAt(where)
    const run = startRun(this.over(line, flags))
    void reached.then(() => {
      run.kill('SIGKILL')
      void line.stop()
    })
    await run.done
    await line.stop()
  }

  async converges(flags: string, end: Snapshot): Promise<string[]> {
    const next = await deployFlask(['apply', '-f', flags, '--yes'])
    if (next.exitCode !== 0) return [`the next run ended with ${next.exitCode}:\n${next.stderr}`]
    const after = await snapshot(this.guest)
    const third = await deployFlask(['apply', '-f', flags, '--yes'])
    const { status } = await ask(this.guest, '/', { name: 'small.test' })
    return [
      ...(nothingToDo.test(third.stdout) ? [] : [`the run after that says: ${third.stdout}${third.stderr}`]),
      ...differences(after, await snapshot(this.guest)).map((line) => `a needless change: ${line}`),
      ...differences(end, comparable(after)).map((line) => `not as after a whole run: ${line}`),
      ...(status === 200 ? [] : [`the site answers ${status}`]),
      ...(await hostFaults(this.guest)),
    ]
  }

  private over(line: Awaited<ReturnType<typeof openLine>>, flags: string): readonly string[] {
    return ['apply', '-f', flags, '--yes', '--host', line.host, '--ssh-config', line.sshConfigFile]
  }
}
