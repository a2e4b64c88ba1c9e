import { expect } from 'vitest'
import { ask } from '../helpers/http.js'
import { pathsOf } from '../helpers/snapshot.js'
import { nothingToDo } from '../helpers/cli.js'
import { fault } from './fault.js'

/** What systemctl disable takes away; enable makes it anew. */
const bootLink = /multi-user\.target\.wants\/apache2\.service/

fault(
  'F07',
  'Apache was stopped, and disabled',
  async (rig) => {
    await rig.inject('systemctl disable --now -q apache2', 'systemctl enable --now -q apache2')
    const result = await rig.apply(rig.change())
    rig.refused(result, 'APACHE_STOPPED', /does not run on the host and is disabled/)
    const again = await rig.run('plan', '-f', await rig.file(rig.notes()))
    rig.refused(again, 'APACHE_STOPPED', /systemctl start apache2/)
    expect(await rig.host('systemctl is-active apache2 || true')).toBe('inactive\n')
  },
  { outage: 20_000, touches: bootLink },
)

fault(
  'F07',
  'Apache runs and is disabled',
  async (rig) => {
    await rig.inject('systemctl disable -q apache2', 'systemctl enable -q apache2')
    const result = await rig.apply(rig.change())
    expect(result.exitCode, result.stderr).toBe(0)
    expect(result.stderr).toContain('warning: Apache runs and is disabled')
  },
  { touches: bootLink },
)

fault('F07', 'Apache runs and is masked', async (rig) => {
  await rig.inject('systemctl mask -q apache2', 'systemctl unmask -q apache2')
  const result = await rig.apply(rig.change())
  expect(result.exitCode, result.stderr).toBe(0)
  expect(result.stderr).toContain('warning: Apache runs and is masked')
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
})

const dropIn = '/etc/systemd/system/apache2.service.d/hang.conf'

fault('F08', 'the reload never comes back', async (rig) => {
  await rig.inject(
    `mkdir ${dropIn.replace('/hang.conf', '')}
printf '[Service]\\nTimeoutStartSec=3\\nExecReload=\\nExecReload=/bin/sleep 600\\n' >${dropIn}; systemctl daemon-reload`,
    `rm -r ${dropIn.replace('/hang.conf', '')}; systemctl daemon-reload`,
  )
  const result = await rig.apply(rig.change())
  rig.failed(result, 'APACHE_RELOAD_FAILED')
  expect(pathsOf(await rig.left()).filter((path) => !path.includes('systemd'))).toEqual([
    // touched, so that the daemon loads the application that was restored
    '/srv/notes/wsgi/notes.wsgi',
  ])
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
})

fault('F09', 'somebody edits the virtual host of the site between plan and apply', async (rig) => {
  const vhost = '/etc/apache2/sites-available/notes.conf'
  await rig.host(`cp -p ${vhost} /root/notes.conf`)
  rig.finally(() => rig.host('rm /root/notes.conf'))
  const flags = rig.change()
  rig.flags = flags
  const saved = `${await rig.file(flags)}.plan`
  expect((await rig.run('plan', '-f', await rig.file(flags), '--out', saved)).exitCode).toBe(0)
  await rig.host(`echo '# edited' >>${vhost}`)
  rig.refused(await rig.run('apply', saved), 'APPLY_PLAN_STALE', /plan/)
  expect(await rig.host(`diff /root/notes.conf ${vhost} || true`)).toContain('# edited')
})

const watched = '/etc/apache2/sites-available/notes.conf'

fault(
  'F35',
  'somebody disables a site and edits another one while the run goes on',
  async (rig) => {
    const php = '/etc/apache2/sites-available/php.conf'
    await rig.host(`cp -p ${php} /root/php.conf`)
    rig.finally(() => rig.host(`mv /root/php.conf ${php}; a2ensite -q 000-default; systemctl reload apache2`))
    await rig.when(watched, `a2dissite -q 000-default; echo '# certbot was here' >>${php}`)
    const result = await rig.apply(rig.change())
    expect([0, 1], result.stderr).toContain(result.exitCode)
    expect(await rig.host(`tail -n 1 ${php}; a2query -s 000-default 2>&1 || true`)).toMatch(
      /certbot was here\n.*(not|No site)/s,
    )
  },
  { touches: /000-default/ },
)

fault(
  'F81',
  'unattended-upgrades restarts Apache during the run',
  async (rig) => {
    await rig.when(watched, 'systemctl restart apache2')
    const result = await rig.apply(rig.change())
    expect(result.exitCode, result.stderr).toBe(0)
    const again = await rig.apply(rig.flags ?? {})
    expect(again.stdout, again.stderr).toMatch(nothingToDo)
  },
  { outage: 5_000 },
)
