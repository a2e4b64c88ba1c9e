import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, type CliResult } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask, type Page } from '../helpers/http.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { accountBackup, differences, pathsOf, snapshot, withoutTimes, type Snapshot } from '../helpers/snapshot.js'
import { startVisitor, type Visits } from '../helpers/visitor.js'

const manifest = '/var/lib/deploy-flask/notes/manifest.json'
const audit = '/var/lib/deploy-flask/audit.log'

let guest: Guest
let php: Page
let notes: string
/** Of a host that has had a site and has none. */
let before: Snapshot

const apply = async (flags: string): Promise<void> => {
  const applied = await deployFlask(['apply', '-f', flags, '--yes', '--quiet'])
  expect(applied.exitCode, applied.stderr).toBe(0)
}

const remove = async (flags: string, ...options: readonly string[]): Promise<CliResult> =>
  deployFlask(['remove', '-f', flags, '--yes', ...options])

/** What differs, but for the file that says who did what. */
const changed = (was: Snapshot, is: Snapshot): readonly string[] =>
  pathsOf(differences(withoutTimes(was), withoutTimes(is))).filter(
    (path) => path !== audit && !accountBackup.test(path),
  )

/** What Apache itself keeps of who enabled what, and which accounts there are. */
const aside = async (): Promise<string> =>
  output(
    guest,
    'find /var/lib/apache2 /var/log/apache2 -type f | grep -v "\\(php\\|vhosts_access\\|/\\(access\\|error\\)\\.log\\)"; getent passwd; getent group',
  )

beforeAll(async () => {
  guest = await createGuest('php', 'ha-remove')
  php = await ask(guest, '/', { name: 'php.test' })
  notes = await writeFlags(notesFlags(guest))
  await apply(notes)
  const removed = await remove(notes, '--data')
  expect(removed.exitCode, removed.stderr).toBe(0)
  before = await snapshot(guest)
})
afterAll(() => guest.destroy())

describe('a site that is removed', () => {
  let is: string
  let removed: CliResult
  let after: Snapshot

  beforeAll(async () => {
    is = await aside()
    await apply(notes)
    await output(guest, 'echo "Written before the end." >/srv/notes/data/upload.txt')
    removed = await remove(notes)
    after = await snapshot(guest)
  })

  it('leaves the host as it was, but for its data and the account that the data belongs to', () => {
    expect(removed.exitCode, removed.stderr).toBe(0)
    expect(changed(before, after)).toEqual([
      ...['/etc/group', '/etc/gshadow', '/etc/passwd', '/etc/shadow'],
      ...['/srv/notes', '/srv/notes/data', '/srv/notes/data/notes.db', '/srv/notes/data/upload.txt'],
    ])
  })

  it('says that these stay, before it is done and after it', () => {
    const kept = [
      'Kept on the host',
      '  packages of Ubuntu: apache2, ',
      `  ${audit} (who did what on this host)`,
      '  /srv/notes/data (data: only --data removes it)',
      '  /var/log/apache2/notes-error.log and /var/log/apache2/notes-access.log (only --data removes them)',
      '  the user flask-notes (the data is theirs)',
      '  the group flask-notes (the data is theirs)',
    ]
    for (const line of kept) for (const text of [removed.stdout, removed.stderr]) expect(text).toContain(line)
    expect(removed.stdout).toContain('- remove Python package mod_wsgi')
  })

  it('is not known any more, and nothing is done a second time', async () => {
    const again = await remove(notes)
    expect(again).toMatchObject({ exitCode: 2, stdout: '' })
    expect(again.stderr).toContain('SITE_UNKNOWN')
    expect(differences(after, await snapshot(guest))).toEqual([])
  })

  it('comes back with the data that has stayed', async () => {
    await apply(notes)
    expect((await ask(guest, '/health')).status).toBe(200)
    expect(await output(guest, 'cat /srv/notes/data/upload.txt')).toBe('Written before the end.\n')
    const gone = await remove(notes)
    expect(gone.exitCode, gone.stderr).toBe(0)
    expect(gone.stdout).toContain('  /srv/notes/data (it was there before, and so may be what lies in it)')
    expect(changed(after, await snapshot(guest))).toEqual([])
    await output(guest, 'rm -r /srv/notes /var/log/apache2/notes-*; userdel flask-notes')
    expect(changed(before, await snapshot(guest))).toEqual([])
    expect(await aside()).toBe(is)
  })
})

describe('one of three sites that is removed', () => {
  let [small, mounted] = ['', '']
  let visits: Visits
  let one: CliResult
  let other: CliResult
  let left: Snapshot
  let all: CliResult
  let is: string

  beforeAll(async () => {
    is = await aside()
    const folder = await smallApp()
    small = await writeFlags({ ...smallFlags(guest, folder), port: 8081, headers: { 'X-Small': 'yes' } })
    mounted = await writeFlags({
      ...smallFlags(guest, folder),
      ...{ site: 'mounted', 'server-name': 'php.test', mount: '/small' },
      'existing-site': { file: 'php.conf', 'add-include': true },
      check: { path: '/small' },
    })
    await apply(notes)
    const alone = await snapshot(guest)
    await apply(small)
    await apply(mounted)
    expect((await ask(guest, '/small', { name: 'php.test' })).body).toBe('small')
    const visitor = startVisitor(guest, 'php.test', php)
    one = await remove(small)
    other = await remove(mounted, '--data')
    visits = await visitor.stop()
    left = await snapshot(guest)
    // what was there before the other two is remembered for whoever comes next
    expect(changed(alone, left)).toEqual(['/var/lib/deploy-flask/host.json'])
    expect((await ask(guest, '/small', { name: 'php.test' })).status).toBe(404)
    expect((await ask(guest, '/health')).status).toBe(200)
    all = await remove(notes, '--data', '--json')
  })

  it('goes without any of ten requests a second to the PHP page being lost', () => {
    expect([one.exitCode, other.exitCode], one.stderr + other.stderr).toEqual([0, 0])
    expect(visits.failures).toEqual([])
    expect(visits.asked).toBeGreaterThan(30)
  })

  it('takes along what it alone has brought, and leaves what the others need', () => {
    expect(one.stdout).toContain('- remove apache module headers')
    expect(one.stdout).toContain('- remove apache configuration deploy-flask-listen-8081')
    expect(one.stdout).toContain('the Apache module wsgi (needed by mounted, notes)')
    expect(one.stdout).not.toContain('Python package mod_wsgi')
    expect(other.stdout).toContain('mod_wsgi in the Python of the host (needed by notes)')
  })

  it('is followed by the last one, after which the host is wholly as before, logs included', async () => {
    expect(all.exitCode, all.stderr).toBe(0)
    const [last = ''] = all.stdout.trim().split('\n').slice(-1)
    expect(JSON.parse(last)).toMatchObject({
      type: 'result',
      site: 'notes',
      kept: [expect.stringContaining('apache2'), expect.stringContaining(audit)] as unknown,
    })
    await output(guest, 'rm /var/log/apache2/small-*')
    expect(changed(before, await snapshot(guest))).toEqual([])
    expect(await aside()).toBe(is)
  })
})

describe('what is not of deploy-flask', () => {
  it('stays, and has the owner and the mode again that it had', async () => {
    await output(guest, 'install -d -o vagrant -g www-data -m 2775 /srv/notes; install -d /etc/deploy-flask/notes')
    await output(guest, 'echo mine >/srv/notes/mine.txt; chown vagrant: /srv/notes/mine.txt')
    const was = await snapshot(guest)
    await apply(notes)
    const removed = await remove(notes, '--data')
    expect(removed.exitCode, removed.stderr).toBe(0)
    expect(removed.stdout).toContain('owner and mode of /srv/notes')
    expect(changed(was, await snapshot(guest))).toEqual([])
    await output(guest, 'rm -r /srv/notes /etc/deploy-flask')
  })

  it('stays also where it came later, and is named', async () => {
    await apply(notes)
    await output(
      guest,
      'echo mine >/srv/notes/mine.txt; echo RewriteEngine on >/etc/apache2/conf-enabled/mine.conf; a2enmod -q rewrite',
    )
    const removed = await remove(notes, '--data')
    expect(removed.exitCode, removed.stderr).toBe(0)
    expect(removed.stdout).toContain('/srv/notes (it holds what deploy-flask has not put there: mine.txt)')
    await output(guest, 'rm -r /srv/notes /etc/apache2/conf-enabled/mine.conf; a2dismod -q rewrite')
    expect(changed(before, await snapshot(guest))).toEqual([])
  })
})

describe('a removal that would have to guess', () => {
  let was: Snapshot

  const refused = async (code: string, evidence: string): Promise<void> => {
    const { exitCode, stderr } = await remove(notes, '--data')
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(code)])
    expect(stderr).toContain(evidence)
  }

  /** `edit` is a statement of Python on the manifest `m`. */
  const edited = (edit: string): Promise<string> =>
    output(
      guest,
      `python3 - <<'END'\nimport json\np = '${manifest}'\nm = json.load(open(p))\n${edit}\nopen(p, 'w').write(json.dumps(m))\nEND`,
    )

  beforeAll(async () => {
    await apply(notes)
    await output(guest, `cp -p ${manifest} /root/manifest.json`)
    was = await snapshot(guest)
  })

  const restored = async (): Promise<void> => {
    await output(guest, `cp -p /root/manifest.json ${manifest}`)
    expect(changed(was, await snapshot(guest)).filter((path) => path !== manifest)).toEqual([])
    expect((await ask(guest, '/health')).status).toBe(200)
  }

  it.each([
    ['that says something else than any deployment', 'm["before"]["paths"]["/etc/passwd"] = None', '/etc/passwd'],
    ['whose root is another folder', 'm["root"] = "/srv"', 'data must be /srv/data'],
    ['that lacks something', 'del m["vhost"]', 'vhost'],
    ['of another site', 'm["site"] = "other"', 'site must be notes'],
  ])('refuses a manifest %s', async (_, edit, evidence) => {
    await edited(edit)
    await refused('MANIFEST_UNREADABLE', evidence)
    await restored()
  })

  it('refuses a manifest of a newer version, and one of another site that cannot be read', async () => {
    await edited('m["version"] = 2')
    await refused('MANIFEST_NEWER', 'version 2')
    await restored()
    await output(guest, 'mkdir /var/lib/deploy-flask/shop; echo "{" >/var/lib/deploy-flask/shop/manifest.json')
    await refused('MANIFEST_UNREADABLE', 'shop/manifest.json')
    await output(guest, 'rm -r /var/lib/deploy-flask/shop')
    await restored()
  })

  it('refuses while something is mounted in its data', async () => {
    await output(guest, 'mkdir /srv/notes/data/volume && mount -t tmpfs none /srv/notes/data/volume')
    await refused('PATH_MOUNTED', '/srv/notes/data/volume')
    await output(guest, 'umount /srv/notes/data/volume && rmdir /srv/notes/data/volume')
    await restored()
  })

  it('is all as before when another site would suffer, and the site is online', async () => {
    const conf = '/etc/apache2/sites-enabled/asks.conf'
    await output(
      guest,
      `printf '<VirtualHost *:80>\\nServerName asks.test\\n<IfModule mod_wsgi.c>\\nRedirect 204 /\\n</IfModule>\\nRedirect 404 /\\n</VirtualHost>\\n' >${conf}; systemctl reload apache2`,
    )
    const { exitCode, stderr } = await remove(notes)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('NEIGHBOUR_BROKEN')])
    await output(guest, `rm ${conf}; systemctl reload apache2`)
    await restored()
  })
})
