import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Guest } from '../../vagrant/guest.js'
import { ask } from '../helpers/http.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

const dropIn = '/etc/systemd/system/apache2.service.d'

/** A reload that takes some seconds: so long a run is at work. */
const slowReload = (rig: Rig, seconds = 4): Promise<void> =>
  rig.inject(
    `mkdir -p ${dropIn}; printf '[Service]\\nExecReload=\\nExecReload=/bin/sleep ${seconds}\\nExecReload=/usr/sbin/apachectl graceful\\n' >${dropIn}/slow.conf
systemctl daemon-reload`,
    `rm -r ${dropIn}; systemctl daemon-reload`,
  )

const limitOf = (guest: Guest): Promise<string> =>
  guest.run('grep -o "LimitRequestBody .*" /etc/apache2/sites-available/notes.conf').then(({ stdout }) => stdout.trim())

fault('F30', 'a second run of the same site, while the first is at work', async (rig) => {
  await slowReload(rig)
  const first = await rig.start(rig.change())
  await first.said(/apache\.reload# systemctl reload/)
  const status = await rig.run('lock', 'status', '-f', await rig.file(rig.notes()))
  expect(status.stdout).toMatch(
    /has been at site notes since \S+ with "deploy-flask apply -f \S+"; last heard of \d+ s ago/,
  )
  const flags = rig.change()
  const second = await rig.run('apply', '-f', await rig.file(flags), '--yes')
  rig.refused(second, 'RUN_LOCKED', /what to do: .*--lock-wait/)
  expect(second.stderr).toMatch(/@\S+ \(from \d+\.\d+\.\d+\.\d+\) has been at site notes since/)
  const third = await rig.apply(flags, '--lock-wait', '60')
  expect(third.exitCode, third.stderr).toBe(0)
  expect(third.stderr).toMatch(/note: waiting for the lock of the host/)
  expect((await first.done).exitCode).toBe(0)
})

fault(
  'F31',
  'two runs of different sites of one host at the same time',
  async (rig) => {
    await slowReload(rig, 2)
    const site = await rig.fresh()
    const first = await rig.start(site.flags, '--lock-wait', '60')
    const second = await rig.apply(rig.change(), '--lock-wait', '60')
    expect(second.exitCode, second.stderr).toBe(0)
    const { exitCode, stderr } = await first.done
    expect(exitCode, stderr).toBe(0)
    expect(await ask(rig.guest, '/', { name: `${site.name}.test` })).toMatchObject({ status: 200, body: 'small' })
  },
  { touches: /fresh\d+/ },
)

fault('F32', 'root logs in while a run by sudo is at work', async (rig) => {
  await slowReload(rig)
  const first = await rig.start(rig.change())
  await first.said(/apache\.reload# systemctl reload/)
  const byRoot = { ...rig.change(), host: `root@${rig.guest.name}` }
  rig.refused(await rig.run('apply', '-f', await rig.file(byRoot), '--yes'), 'RUN_LOCKED', /what to do: /)
  expect((await first.done).exitCode).toBe(0)
  const later = await rig.apply(byRoot)
  expect(later.exitCode, later.stderr).toBe(0)
})

fault('F33', 'the holder of the lock is killed: the next run goes on at once', async (rig) => {
  await slowReload(rig)
  const first = await rig.start(rig.change())
  await first.said(/apache\.reload# systemctl reload/)
  first.kill('SIGKILL')
  await first.done
  const second = await rig.apply(rig.change())
  expect(second.exitCode, second.stderr).toBe(0)
  expect(second.stderr).toMatch(/note: a run before this one was cut off \(.*\): taking back file \S+notes\.conf/)
})

fault(
  'F33',
  'the line of the holder goes dead: the lock is free within 30 s, and the old holder writes nothing any more',
  async (rig) => {
    await slowReload(rig, 1)
    const { line, flags } = await rig.line(rig.change())
    const first = await rig.start(flags)
    await first.said(/apache\.vhost: done/)
    line.proxy.blackhole()
    const second = await rig.apply(rig.change(), '--lock-wait', '60')
    expect(second.exitCode, second.stderr).toBe(0)
    const limit = await limitOf(rig.guest)
    line.proxy.heal()
    const old = await first.done
    expect(old.stderr).toMatch(/error (LOCK_LOST|CONNECTION_LOST): /)
    expect(await limitOf(rig.guest)).toBe(limit)
  },
  { seconds: 200 },
)

fault('F34', 'somebody wants to free the lock of a run that is alive', async (rig) => {
  await slowReload(rig)
  const first = await rig.start(rig.change())
  await first.said(/apache\.reload# systemctl reload/)
  const released = await rig.run('lock', 'release', '-f', await rig.file(rig.notes()))
  rig.refused(released, 'RUN_LOCKED', /has been at site notes/)
  expect((await first.done).exitCode).toBe(0)
  const free = await rig.run('lock', 'release', '-f', await rig.file(rig.notes()))
  expect(free).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/there is nothing to release\n$/) as string })
})

fault(
  'F34',
  'the process that keeps the lock is stopped, and its run is gone: the lock can be freed by hand',
  async (rig) => {
    await slowReload(rig)
    const first = await rig.start(rig.change())
    await first.said(/apache\.reload# systemctl reload/)
    await rig.host('kill -STOP $(sed -n 2p /run/deploy-flask/holder)')
    first.kill('SIGKILL')
    await first.done
    const flags = await rig.file(rig.notes())
    rig.refused(await rig.run('lock', 'release', '-f', flags), 'RUN_LOCKED', /has been at site notes/)
    await sleep(32_000)
    expect((await rig.run('lock', 'release', '-f', flags)).stdout).toMatch(/^released: /)
  },
)

fault(
  'F36',
  'six runs of six sites at the same time, one of which fails',
  async (rig) => {
    const bad = await rig.fresh({}, "raise RuntimeError('no luck')")
    const good = await Promise.all([1, 2, 3, 4, 5].map(() => rig.fresh()))
    const apply = async (flags: Readonly<Record<string, unknown>>) =>
      rig.run('apply', '-f', await rig.file(flags), '--yes', '--lock-wait', '100')
    const results = await Promise.all([bad, ...good].map(({ flags }) => apply(flags)))
    const unexpected = results.filter(({ exitCode }, index) => exitCode !== (index === 0 ? 1 : 0))
    expect(unexpected.map(({ exitCode, stderr }) => `${exitCode}\n${stderr}`)).toEqual([])
    for (const { name } of good) expect((await ask(rig.guest, '/', { name: `${name}.test` })).status).toBe(200)
    rig.flags = good[0]?.flags
  },
  { ownGuest: true, touches: /fresh\d+/ },
)
