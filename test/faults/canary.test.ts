import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { writeFlags } from '../helpers/flags.js'
import { folderWith } from '../helpers/small-site.js'
import { Canaries } from './canaries.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

const settings = '/etc/deploy-flask/notes/settings.json 640 root:flask-notes'

const prepare = `export DEBIAN_FRONTEND=noninteractive
mv /etc/deploy-flask /root/kept
for round in first second; do dpkg -i /var/cache/apt/archives/*.deb; done >/dev/null 2>&1
chpasswd; git -C /etc config user.name root; git -C /etc config user.email root@localhost; etckeeper commit first >/dev/null 2>&1
mv /root/kept /etc/deploy-flask; git -C /etc rev-parse HEAD`

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

/** What the host holds while a change of the settings can still be taken back. */
const expectKeptFor = async (rig: Rig, canaries: Canaries): Promise<void> => {
  const found = await canaries.found(rig.guest)
  const kept = found.filter((line) => line.startsWith('/var/lib/deploy-flask/undo/'))
  expect(kept).toEqual(['/var/lib/deploy-flask/undo/etc%deploy-flask%notes%settings.json 640 root:flask-notes'])
  expect(await rig.host("stat -c '%a %U:%G' /var/lib/deploy-flask/undo")).toBe('700 root:root\n')
  expect(found.filter((line) => !kept.includes(line))).toEqual([settings])
}

fault(
  'O7',
  'unique secrets in every field, in every way a run can end: they are where they must be, and nowhere else',
  async (rig) => {
    const { guest } = rig
    const canaries = await Canaries.nest()
    expect((await guest.run(prepare, { stdin: `deploy:${canaries.sudo}\n` })).stdout).toMatch(/^[0-9a-f]{40}$/m)
    rig.finally(() => guest.run('chpasswd', { stdin: 'deploy:deploy-password\n' }))
    const file = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
      canaries.renew()
      return writeFlags(await canaries.flags(guest, more))
    }
    const log = ['--verbose', '--log', join(canaries.folder, 'run.log')]

    const { seen } = await canaries.watching(Number(await rig.host('id -u flask-notes')), async () => {
      const flags = await file()
      const plan = await canaries.run(['plan', '-f', flags, ...log, '--out', join(canaries.folder, 'saved.plan')])
      expect(plan.exitCode, plan.stderr).toBe(0)
      await canaries.run(['plan', '-f', flags, '--json'])
      const applied = await canaries.run(['apply', '-f', flags, '--yes', '--json', ...log])
      expect(applied.exitCode, applied.stderr).toBe(0)
      for (const option of ['--vhost', '--origins']) {
        const told = await canaries.run(['explain', '-f', flags, option])
        expect(told.exitCode, told.stderr).toBe(0)
      }
      expect(await canaries.found(guest)).toEqual([settings])

      const failed = await withFault(
        rig,
        'chattr +i /etc/apache2/sites-available/notes.conf',
        'chattr -i /etc/apache2/sites-available/notes.conf',
        async () => canaries.run(['apply', '-f', await file({ 'max-body': 5001 }), '--yes', ...log]),
      )
      expect(failed.stderr).toMatch(/^error STEP_FAILED: /m)

      const gate = await canaries.run([
        'apply',
        '-f',
        await file({ check: { path: '/', statuses: [418] } }),
        '--yes',
        ...log,
      ])
      expect(gate.stderr).toMatch(/^error SITE_NOT_ANSWERING: /m)

      for (const where of ['phases', 'step']) {
        const playbook = join(await folderWith({ 'mine.ts': talkative(where) }), 'mine.ts')
        const bug = await canaries.run([
          'apply',
          '-f',
          await file({ 'max-body': 5002 }),
          '--yes',
          '--playbook',
          playbook,
          ...log,
        ])
        expect(bug.stderr).toMatch(/^error \w+: .*a bug: .*\[secret\]/m)
      }

      for (const signal of ['SIGINT', 'SIGKILL'] as const) {
        const killed = { by: signal, when: /apache\.vhost: update/ }
        const stopped = await canaries.run(['apply', '-f', await file({ 'max-body': 5003 }), '--yes', ...log], killed)
        expect(stopped.exitCode, stopped.stderr).toBe(signal === 'SIGINT' ? 130 : -1)
      }
      await expectKeptFor(rig, canaries)
      const recovered = await canaries.run(['recover', '-f', await file(), '--yes', ...log])
      expect(recovered.exitCode, recovered.stderr).toBe(0)
      expect(await rig.host('etckeeper commit canary >/dev/null; git -C /etc ls-files deploy-flask')).toBe('')
      await sleep(100)
    })
    expect(seen).toBe('')
    expect(await canaries.found(guest)).toEqual([settings])
    await appendFile(
      join(canaries.folder, 'shell'),
      await rig.host('cat /root/.bash_history /home/*/.bash_history 2>/dev/null || true'),
    )
    expect(await canaries.told()).toEqual([])
    rig.outputs.push(...canaries.outputs)
    rig.sees('the settings file, and its copy for the undo')
  },
  { ownGuest: true, noRerun: true, seconds: 400, touches: /./ },
)

const withFault = async <T>(rig: Rig, make: string, end: string, work: () => Promise<T>): Promise<T> => {
  await rig.host(make)
  try {
    return await work()
  } finally {
    await rig.host(end)
  }
}
