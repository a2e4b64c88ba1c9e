import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { loginsOf, output, processesOf, type ApacheProcesses } from '../helpers/eyes.js'
import { examples, notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { handlersIn, planOf, stepsIn } from '../helpers/plan.js'
import { differences, snapshot } from '../helpers/snapshot.js'

let guest: Guest
let flags: Record<string, unknown>

beforeAll(async () => {
  guest = await createGuest({ container: inject('deployed') }, 'a-again')
  flags = notesFlags(guest)
  await ask(guest, '/health')
})
afterAll(() => guest.destroy())

const pids = (processes: readonly { readonly pid: string }[]): string[] => processes.map(({ pid }) => pid)

const threadsOf = async (host: Guest): Promise<number> => {
  const { daemons } = await processesOf(host)
  return Number(await output(host, `ls /proc/${daemons[0]?.pid ?? ''}/task | wc -l`))
}

interface Redeployed {
  readonly steps: readonly string[]
  readonly handlers: readonly string[]
  readonly before: ApacheProcesses
  readonly after: ApacheProcesses
}

/** Plans and applies other flags; what was planned, and Apache's processes around it. */
const redeploy = async (change: Readonly<Record<string, unknown>>): Promise<Redeployed> => {
  flags = { ...flags, ...change }
  const file = await writeFlags(flags)
  const plan = await planOf(file)
  const before = await processesOf(guest)
  const applied = await deployFlask(['apply', '-f', file, '--yes'])
  expect(applied.exitCode, applied.stderr).toBe(0)
  const after = await processesOf(guest)
  const again = await deployFlask(['apply', '-f', file, '--yes'])
  expect(again.exitCode, again.stderr).toBe(0)
  expect(again.stdout).toMatch(nothingToDo)
  return { steps: stepsIn(plan, 'change'), handlers: handlersIn(plan), before, after }
}

/** A copy of the example, for a new version of it. */
const copyOfNotes = async (): Promise<string> => {
  const folder = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'notes')
  await cp(join(examples, 'notes'), folder, { recursive: true })
  return folder
}

const edit = async (file: string, from: string, to: string): Promise<void> => {
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}

describe('a second apply', () => {
  it('says "nothing to do", changes no file and leaves every process of Apache alone', async () => {
    const file = await writeFlags(flags)
    const [before, processes] = [await snapshot(guest), await processesOf(guest)]
    const again = await deployFlask(['apply', '-f', file, '--yes'])
    expect(again.exitCode, again.stderr).toBe(0)
    expect(again.stdout).toMatch(nothingToDo)
    expect(differences(before, await snapshot(guest))).toEqual([])
    expect(await processesOf(guest)).toEqual(processes)
    expect((await deployFlask(['plan', '-f', file, '--exit-code'])).exitCode).toBe(0)
  })

  it('takes one connection, one root shell and one survey', async () => {
    const file = await writeFlags(flags)
    const before = await loginsOf(guest)
    const again = await deployFlask(['apply', '-f', file, '--yes', '--json'])
    const after = await loginsOf(guest)
    expect({ logins: after.logins - before.logins, sudo: after.sudo - before.sudo }).toEqual({ logins: 1, sudo: 1 })
    const types = again.stdout
      .trim()
      .split('\n')
      .map((line) => /"type":"([^"]+)"/.exec(line)?.[1])
    expect(types).toEqual([
      'run.start',
      ...['check.start', 'check.done', 'survey.start', 'survey.done'],
      ...['plan', 'run.done', 'result'],
    ])
  })
})

describe('a deployed site', () => {
  it('is repaired by one run where wsgi.load and the virtual host are broken together', async () => {
    const files = '/etc/apache2/mods-available/wsgi.load /etc/apache2/sites-available/notes.conf'
    await output(guest, `for file in ${files}; do echo NoSuchDirective >> $file; done`)
    const { steps, handlers } = await redeploy({})
    expect(steps).toEqual(['apache.wsgi-load', 'apache.vhost'])
    expect(handlers).toEqual(['apache.configtest', 'apache.reload'])
  })

  it('gets new code by a new release, and only its own daemon begins anew', async () => {
    const folder = await copyOfNotes()
    await edit(join(folder, 'notes/templates/files.html'), '{% block content %}', '{% block content %}Second version.')
    const { steps, handlers, before, after } = await redeploy({ code: { folder } })
    expect(steps).toEqual(['site.release', 'site.current', 'site.history'])
    expect(handlers).toEqual(['site.import', 'apache.touch'])
    expect((await ask(guest, '/files')).body).toContain('Second version.')
    expect(pids(after.children)).toEqual(pids(before.children))
    expect(pids(after.daemons)).not.toEqual(pids(before.daemons))
  })

  it('gets a changed setting, and only its own daemon begins anew', async () => {
    const settings = { ...(flags['settings'] as object), NOTES_TITLE: 'Another title' }
    const { steps, handlers, before, after } = await redeploy({ settings })
    expect(steps).toEqual(['site.settings'])
    expect(handlers).toEqual(['apache.touch'])
    expect((await ask(guest, '/login')).body).toContain('Another title')
    expect(pids(after.children)).toEqual(pids(before.children))
    expect(pids(after.daemons)).not.toEqual(pids(before.daemons))
  })

  it('gets another number of threads by a reload, which the main process of Apache survives', async () => {
    const five = await threadsOf(guest)
    const { steps, handlers, before, after } = await redeploy({ daemon: { threads: 7 } })
    expect(steps).toEqual(['apache.vhost'])
    expect(handlers).toEqual(['apache.reload'])
    expect(after.children[0]).toEqual(before.children[0])
    expect(pids(after.children)).not.toEqual(pids(before.children))
    expect((await threadsOf(guest)) - five).toBe(2)
    expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
  })

  it('gets other requirements in a venv beside the old one, and Apache is told by a reload', async () => {
    const folder = await copyOfNotes()
    await edit(join(folder, 'requirements.txt'), 'click==8.0.4', 'click==8.0.3')
    const old = (await output(guest, 'ls /srv/notes/venvs')).trim()
    const { steps, handlers, after } = await redeploy({ code: { folder } })
    expect(steps).toEqual([
      ...['site.release', 'python.venv', 'python.requirements', 'site.current', 'apache.vhost'],
      ...['site.manifest', 'site.history'],
    ])
    expect(handlers).toEqual(['site.import', 'apache.reload'])
    const venvs = (await output(guest, 'ls /srv/notes/venvs')).trim().split('\n')
    expect(venvs).toHaveLength(2)
    expect(venvs).toContain(old)
    const mapped = await output(
      guest,
      `grep -o '/srv/notes/venvs/[0-9a-f]*' /proc/${after.daemons[0]?.pid ?? ''}/maps | sort -u`,
    )
    expect(mapped.trim()).toBe(`/srv/notes/venvs/${venvs.find((name) => name !== old) ?? ''}`)
    expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
  })
})
