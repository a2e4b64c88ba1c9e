import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { bin, deployFlask as start } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { writeFlags } from '../helpers/flags.js'
import { Person } from '../helpers/person.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { differences, snapshot } from '../helpers/snapshot.js'

const settings = { TOKEN: { env: 'SMALL_TOKEN' } }
const env = { SMALL_TOKEN: 'canary-of-operate' }
const deployFlask = (args: readonly string[]) => start(args, env)

let guest: Guest
let folder: string
let flags: Record<string, unknown>
let file: string

beforeAll(async () => {
  guest = await createGuest({ container: inject('deployed') }, 'look')
  folder = await smallApp()
  flags = { ...smallFlags(guest, folder), settings }
  file = await writeFlags(flags)
  const applied = await deployFlask(['apply', '-f', file, '--yes'])
  expect(applied.exitCode, applied.stderr).toBe(0)
})
afterAll(() => guest.destroy())

describe('drift', () => {
  const vhost = '/etc/apache2/sites-available/small.conf'
  const drift = async (from = file, ...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await deployFlask(['drift', '-f', from, '--json', '--exit-code', ...args])
    expect([0, 3], stderr).toContain(exitCode)
    type Phases = readonly { steps: readonly { id: string; changes?: readonly { diff?: { before: string } }[] }[] }[]
    const { changed, wanted, unclear } = JSON.parse(stdout) as Record<'changed' | 'wanted' | 'unclear', Phases>
    const ids = (phases: Phases) => phases.flatMap(({ steps }) => steps.map(({ id }) => id))
    return { exitCode, changed: ids(changed), wanted: ids(wanted), unclear: ids(unclear) }
  }

  it('is none where the site is as it was left, and asking changes nothing', async () => {
    const before = await snapshot(guest)
    expect(await drift()).toEqual({ exitCode: 0, changed: [], wanted: [], unclear: [] })
    expect(differences(before, await snapshot(guest))).toEqual([])
  })

  it('tells what somebody has changed from what the flags file wants', async () => {
    const other = await writeFlags({ ...flags, 'max-body': 4096, settings: { ...settings, TITLE: 'another' } })
    await output(guest, `cp -a ${vhost} /root/kept; chmod 777 /srv/small/data; echo '# by hand' >>${vhost}`)
    expect(await drift()).toMatchObject({ exitCode: 3, changed: ['site.folders', 'apache.vhost'], wanted: [] })
    const both = await drift(other)
    expect(both.changed).toEqual(['site.folders', 'apache.vhost'])
    expect(both.wanted).toEqual(expect.arrayContaining(['site.settings', 'apache.vhost']))
    const { stdout } = await deployFlask(['drift', '-f', other])
    const [changed = '', wanted = ''] = stdout.split(/^Wanted since .*$/m)
    expect(changed).toMatch(/^Changed on the host since \d{4}-.*: apply puts it back$/m)
    expect(changed).toContain('-# by hand')
    expect(changed).not.toContain('LimitRequestBody')
    expect(wanted).toMatch(/\+ *LimitRequestBody 4096/)
    expect(wanted).not.toContain('# by hand')
    await output(guest, `mv /root/kept ${vhost}; chmod 750 /srv/small/data`)
    expect(await drift()).toMatchObject({ changed: [], wanted: [], unclear: [] })
  })

  it('cannot be told apart where nothing says how the site was left', async () => {
    const left = '/var/lib/deploy-flask/small/as-left'
    expect(await output(guest, `stat -c '%a %U' ${left}`)).toBe('600 root\n')
    await output(guest, `cp -a ${vhost} /root/kept; mv ${left} /root/left; echo '# by hand' >>${vhost}`)
    expect(await drift()).toMatchObject({ exitCode: 3, changed: [], wanted: [], unclear: ['apache.vhost'] })
    await output(guest, `mv /root/kept ${vhost}; mv /root/left ${left}`)
  })
})

describe('verify', () => {
  const verify = async (): Promise<readonly [number, readonly string[]]> => {
    const { exitCode, stdout, stderr } = await deployFlask(['verify', '-f', file, '--json'])
    expect([0, 1], stderr).toContain(exitCode)
    const { checks } = JSON.parse(stdout) as { checks: readonly { title: string; fault: string | null }[] }
    return [exitCode, checks.flatMap(({ title, fault }) => (fault === null ? [] : [`${title}: ${fault}`]))]
  }

  it('proves each thing that a request needs, in its order, and changes nothing', async () => {
    const before = await snapshot(guest)
    const { exitCode, stdout } = await deployFlask(['verify', '-f', file])
    expect([exitCode, stdout.split('\n')]).toEqual([
      0,
      [
        '✓ the configuration of Apache is sound',
        '✓ Apache runs',
        '✓ mod_wsgi is loaded',
        '✓ Apache serves small.test by its virtual host',
        '✓ flask-small can load /srv/small/wsgi/small.wsgi',
        '✓ www-data can read /var/lib/deploy-flask/empty',
        '✓ small.test answers, and every other site as before',
        expect.stringMatching(/^small on \S+ works$/),
        '',
      ],
    ])
    expect(differences(before, await snapshot(guest))).toEqual([])
  })

  it.each([
    ['chmod 700 /srv/small/wsgi', 'chmod 755 /srv/small/wsgi', /can load .*: [^]*Permission denied/],
    [
      'chmod 700 /var/lib/deploy-flask/empty',
      'chmod 755 /var/lib/deploy-flask/empty',
      /www-data can read .*Permission/,
    ],
    [
      'cp -a /etc/apache2/mods-available/wsgi.load /root/; echo Nonsense >>/etc/apache2/mods-available/wsgi.load',
      'mv /root/wsgi.load /etc/apache2/mods-available/',
      /the configuration of Apache is sound: [^]*Nonsense/,
    ],
  ])('names what is wrong: %s', async (damage, repair, wanted) => {
    await output(guest, damage)
    try {
      const [exitCode, faults] = await verify()
      expect(exitCode).toBe(1)
      expect(faults.join('\n')).toMatch(wanted)
    } finally {
      await output(guest, repair)
    }
    expect(await verify()).toEqual([0, []])
  })
})

describe('shell', () => {
  it('is one of the account of the site, in its environment; its window is as large as the one here', async () => {
    const place = { cwd: folder, env: { LANG: 'C.UTF-8', ...env }, columns: 90 }
    const person = new Person([process.execPath, bin, 'shell', '-f', file], place)
    try {
      await person.see(/\(small\) \S+\$$/)
      person.press('echo "<$(id -un) $TOKEN $(stty size)>"', 'Enter')
      await person.see(/<flask-small canary-of-operate 60 90>/)
      person.press('sleep 600', 'Enter', 'C-c')
      await person.see(/\^C\s+\(small\) \S+\$$/)
      person.press('python -c "import small; print(small.__name__)"; exit 7', 'Enter')
      await person.see(/^small$[^]*exit code 7/m)
    } finally {
      person.close()
    }
    const { stdout } = await deployFlask(['audit', '-f', file, '--json'])
    expect(stdout).toContain('"command": "shell"')
  })

  it('is refused where there is no terminal', async () => {
    const { exitCode, stderr } = await deployFlask(['shell', '-f', file])
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('a shell needs a terminal')])
  })
})
