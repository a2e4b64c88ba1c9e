import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect } from 'vitest'
import { bin } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { folderWith } from '../helpers/small-site.js'
import { fault } from './fault.js'
import type { Rig, Flags } from './rig.js'
import { canary } from './sites.js'

const flask = 'from flask import Flask\n\napplication = Flask(__name__)\n'

/** A site whose requirements take pip some seconds. */
const withFlask = async (rig: Rig): Promise<Flags> => {
  const small = `${flask}application.add_url_rule('/', 'small', lambda: 'small')\n`
  const folder = await folderWith({ 'small.py': small, 'requirements.txt': 'Flask==2.0.3\n' })
  return { ...(await rig.fresh()).flags, code: { folder }, requirements: 'requirements.txt' }
}

/** python3-wheel is missing, and a program runs for some seconds before apt downloads it. */
const slowApt = (rig: Rig): Promise<void> =>
  rig.inject(
    `dpkg --remove --force-depends python3-wheel >/dev/null
echo 'APT::Update::Pre-Invoke { "sleep 6"; };' >/etc/apt/apt.conf.d/99slow`,
    'rm /etc/apt/apt.conf.d/99slow',
  )

const interrupted = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const

for (const [signal, exitCode] of interrupted) {
  fault(signal === 'SIGINT' ? 'F21' : 'F23', `${signal} between the virtual host and the reload`, async (rig) => {
    const run = await rig.start(rig.change())
    await run.said(/apache\.vhost: update/)
    run.kill(signal)
    const ended = await run.done
    expect(ended.exitCode, ended.stderr).toBe(exitCode)
    expect(ended.stderr).toMatch(/error INTERRUPTED: /)
    expect(await rig.left()).toEqual([])
  })
}

fault('F21', 'SIGINT while the host is being looked at', async (rig) => {
  const run = await rig.start(rig.change())
  await run.said(/site notes on/)
  run.kill('SIGINT')
  expect(await run.done).toMatchObject({
    exitCode: 130,
    stderr: expect.stringContaining('nothing was changed') as string,
  })
  expect(await rig.left()).toEqual([])
})

fault('F21', 'SIGINT while apt is at work: it is let to its end', async (rig) => {
  await slowApt(rig)
  const run = await rig.start(rig.change())
  await run.said(/apt\.packages# apt-get update/)
  run.kill('SIGINT')
  const ended = await run.done
  expect(ended.exitCode, ended.stderr).toBe(130)
  expect(ended.stderr).toMatch(/apt\.packages: done/)
})

fault('F21', 'SIGINT while pip is at work: it is let to its end, and taken back', async (rig) => {
  const run = await rig.start(await withFlask(rig))
  await run.said(/python\.venv\| *Collecting/)
  run.kill('SIGINT')
  const ended = await run.done
  expect(ended.exitCode, ended.stderr).toBe(130)
  expect(await rig.left()).toEqual([])
})

fault('F21', 'SIGINT while a failed phase is being taken back', async (rig) => {
  const { flags } = await rig.fresh({}, "raise RuntimeError('no luck')")
  const run = await rig.start(flags)
  await run.said(/phase Site: undoing it/)
  run.kill('SIGINT')
  const ended = await run.done
  expect(ended.exitCode, ended.stderr).toBe(1)
  expect(ended.stderr).toMatch(/error SITE_NOT_ANSWERING: /)
  await rig.repair(flags)
})

fault(
  'F22',
  'a second SIGINT: the run leaves at once, says what is unfinished, and the next one goes on',
  async (rig) => {
    await rig.inject(
      `mkdir -p /etc/systemd/system/apache2.service.d
printf '[Service]\\nExecReload=\\nExecReload=/bin/sleep 3\\nExecReload=/usr/sbin/apachectl graceful\\n' >/etc/systemd/system/apache2.service.d/slow.conf
systemctl daemon-reload`,
      'rm -r /etc/systemd/system/apache2.service.d; systemctl daemon-reload',
    )
    const run = await rig.start(rig.change())
    await run.said(/apache\.reload# systemctl reload/)
    run.kill('SIGINT')
    await run.said(/Ctrl-C again leaves at once/)
    run.kill('SIGINT')
    const ended = await run.done
    expect(ended.exitCode).toBe(130)
    expect(ended.stderr).toMatch(/where: unfinished: apache\.reload/)
    expect(ended.stderr).toMatch(/what to do: run the same command again/)
  },
)

fault('F23', 'nobody reads what the run prints any more (stdout is closed)', async (rig) => {
  rig.flags = rig.change()
  const file = await rig.file(rig.flags)
  const { stdout, exitCode } = await execa(
    'bash',
    [
      '-c',
      `set -o pipefail; "$0" "$1" apply -f "$2" --yes --json 2>/dev/null | head -n 1`,
      process.execPath,
      bin,
      file,
    ],
    { reject: false, env: { NOTES_SECRET_KEY: canary } },
  )
  expect(JSON.parse(stdout)).toMatchObject({ type: 'run.start' })
  expect([0, 130, 141]).toContain(exitCode)
})

fault(
  'F24',
  'kill -9 while apt is at work on the host: the next run waits for that apt and starts no second one',
  async (rig) => {
    await slowApt(rig)
    const run = await rig.start(rig.change())
    await run.said(/apt\.packages# apt-get update/)
    // it is told before it is sent
    await sleep(1_500)
    run.kill('SIGKILL')
    await run.done
    const next = await rig.apply(rig.flags ?? {}, '--verbose')
    expect(next.exitCode, next.stderr).toBe(0)
    expect(next.stderr).toMatch(/Wait for apt-get update of a run that was cut off/)
  },
)

fault('F25', 'a step of a playbook throws in the middle', async (rig) => {
  const folder = await folderWith({
    'mine.ts': `import { definePlaybook, defineStep, flaskSite, type Site } from 'deploy-flask'

const throwing = defineStep({
  id: 'mine.throwing',
  title: 'Throws',
  probes: {},
  plan: () => [{ kind: 'run', subject: 'throw', run: [{ argv: ['true'], as: 'root', get stdin(): string { throw new Error('a bug in mine.ts') } }] }],
})

export default definePlaybook<Site>({
  name: 'mine',
  summary: 'Fails in its last phase',
  phases: (site) =>
    flaskSite.phases(site).map((phase) => (phase.title === 'Site' ? { ...phase, steps: [...phase.steps, throwing] } : phase)),
})
`,
  })
  const flags = rig.change()
  const result = await rig.run('apply', '-f', await rig.file(flags), '--yes', '--playbook', `${folder}/mine.ts`)
  expect(result.exitCode, result.stderr).not.toBe(0)
  expect(result.stderr).toMatch(/error \w+: .*a bug in mine\.ts/)
  expect(await rig.left()).toEqual([])
  rig.flags = flags
})

fault(
  'F26',
  'the wizard has no terminal',
  async (rig) => {
    const result = await rig.run('init')
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toMatch(/error FIELD_MISSING: /)
    expect(result.stderr).toMatch(/--host/)
    expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
  },
  { noRerun: true },
)
