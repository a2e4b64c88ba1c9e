import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import type { ErrorCode } from '../../src/errors.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { expectRefusal } from '../helpers/failure.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { differences, snapshot } from '../helpers/snapshot.js'

interface Condition {
  readonly title: string
  /** Shell that makes the host so, and shell that ends it again: what is refused changes nothing, so one guest is enough. */
  readonly make: string
  readonly end: string
  readonly flags?: Readonly<Record<string, unknown>>
  readonly code: ErrorCode
  /** Where it is, and what to do about it. */
  readonly place: string | RegExp
  readonly remedy: string | RegExp
}

const must = async (guest: Guest, script: string): Promise<void> => {
  const { exitCode, stderr } = await guest.run(`set -e; ${script}`)
  expect(exitCode, stderr).toBe(0)
}

const expectRefused = async (
  guest: Guest,
  flags: Readonly<Record<string, unknown>>,
  { make, end, code, place, remedy, flags: more }: Condition,
): Promise<void> => {
  await must(guest, make)
  try {
    const before = await snapshot(guest)
    const result = await deployFlask(['apply', '-f', await writeFlags({ ...flags, ...more }), '--yes'])
    expectRefusal(result, code, place)
    expect(/^what to do: (.+)$/m.exec(result.stderr)?.[1]).toMatch(remedy)
    expect(differences(before, await snapshot(guest))).toEqual([])
  } finally {
    await must(guest, end)
  }
}

describe('a host without Apache', () => {
  let guest: Guest
  let flags: Record<string, unknown>

  beforeAll(async () => {
    guest = await createGuest('pristine', 'b-bare')
    flags = smallFlags(guest, await smallApp())
  })
  afterAll(() => guest.destroy())

  const conditions: readonly Condition[] = [
    {
      title: 'that is not Ubuntu 18.04',
      make: 'cp -p /etc/os-release /root; sed -i s/18.04/19.10/ $(readlink -f /etc/os-release)',
      end: 'cp -p /root/os-release $(readlink -f /etc/os-release)',
      code: 'HOST_UNSUPPORTED',
      place: 'ID=ubuntu VERSION_ID=19.10',
      remedy: /Ubuntu 18\.04 host.*allow-unsupported: true/,
    },
    {
      title: 'whose port 80 is taken by another server',
      make: 'systemd-run -q --unit other python3 -m http.server 80; until ss -ltn | grep -q :80; do sleep 0.1; done',
      end: 'systemctl stop other',
      code: 'PORT_TAKEN',
      place: /port 80 is taken by python3/,
      remedy: /"port"/,
    },
    {
      title: 'whose /etc is mounted read-only',
      make: 'mount --bind /etc /etc; mount -o remount,bind,ro /etc',
      end: 'umount /etc',
      code: 'HOST_READ_ONLY',
      place: /file system of \/etc is read-only/,
      remedy: /read-write/,
    },
    {
      title: 'where the account that is to run the application is root',
      make: 'useradd --system --non-unique --uid 0 toor',
      end: 'userdel -f toor',
      flags: { user: 'toor' },
      code: 'ACCOUNT_IS_ROOT',
      place: /account toor .*uid 0/,
      remedy: /"user"/,
    },
    {
      title: 'where the folder of the site is a link',
      make: 'mkdir /opt/elsewhere; ln -s /opt/elsewhere /srv/small',
      end: 'rm /srv/small; rmdir /opt/elsewhere',
      code: 'PATH_TAKEN',
      place: '/srv/small is a link to /opt/elsewhere',
      remedy: /"root"/,
    },
    {
      title: 'where the SQLite file is a link to another file',
      make: 'mkdir -p /srv/small/data; ln -s /etc/passwd /srv/small/data/small.db',
      end: 'rm -r /srv/small',
      flags: { sqlite: ['small.db'] },
      code: 'PATH_DANGEROUS',
      place: '/srv/small/data/small.db is a link to /etc/passwd',
      remedy: /"sqlite"/,
    },
    {
      title: 'where the SQLite file is a second name of another file',
      make: 'mkdir -p /srv/small/data; echo theirs >/srv/theirs; ln /srv/theirs /srv/small/data/small.db',
      end: 'rm -r /srv/small /srv/theirs',
      flags: { sqlite: ['small.db'] },
      code: 'PATH_DANGEROUS',
      place: /\/srv\/small\/data\/small\.db .*hard link/,
      remedy: /"sqlite"/,
    },
  ]

  it.each(conditions)('$title is refused before anything is changed', (condition) =>
    expectRefused(guest, flags, condition),
  )

  it('without python3 is refused by that name', async () => {
    const before = await snapshot(guest)
    await must(guest, 'mv /usr/bin/python3 /usr/bin/python3-away')
    const result = await deployFlask(['apply', '-f', await writeFlags(flags), '--yes'])
    await must(guest, 'mv /usr/bin/python3-away /usr/bin/python3')
    expectRefusal(result, 'HOST_UNFIT', /python3/)
    expect(differences(before, await snapshot(guest))).toEqual([])
  })

  it('that is not 18.04 is planned for, at own risk, when the flags file says so', async () => {
    await must(guest, 'sed -i s/18.04/19.10/ $(readlink -f /etc/os-release)')
    const plan = await deployFlask(['plan', '-f', await writeFlags({ ...flags, 'allow-unsupported': true })])
    expect(plan.exitCode, plan.stderr).toBe(0)
    expect(plan.stdout).toContain('apt.packages')
  })
})

describe('a host with sites of its own', () => {
  let guest: Guest
  let flags: Record<string, unknown>
  const available = '/etc/apache2/sites-available'

  beforeAll(async () => {
    guest = await createGuest('php', 'b-theirs')
    flags = smallFlags(guest, await smallApp())
  })
  afterAll(() => guest.destroy())

  const conditions: readonly Condition[] = [
    {
      title: "a site file of that name that is somebody else's",
      make: `echo '# theirs' >${available}/small.conf`,
      end: `rm ${available}/small.conf`,
      code: 'FOREIGN_FILE',
      place: `${available}/small.conf`,
      remedy: /another "site" name/,
    },
    {
      title: 'a file where the link of the site would be',
      make: `echo '# theirs' >${available.replace('available', 'enabled')}/small.conf`,
      end: `rm ${available.replace('available', 'enabled')}/small.conf`,
      code: 'FOREIGN_FILE',
      place: '/etc/apache2/sites-enabled/small.conf',
      remedy: /another site name/,
    },
    {
      title: 'another site that answers to the name',
      make: ':',
      end: ':',
      flags: { 'server-name': 'php.test' },
      code: 'NAME_TAKEN',
      place: `${available}/php.conf`,
      remedy: /another "server-name"/,
    },
    {
      title: 'another site with a process group of that name',
      make: `printf '<VirtualHost *:80>\\nServerName other.test\\nWSGIDaemonProcess small \\\\\\n threads=2\\n</VirtualHost>\\n' >${available}/other.conf`,
      end: `rm ${available}/other.conf`,
      code: 'PROCESS_GROUP_TAKEN',
      place: `${available}/other.conf`,
      remedy: /another "site" name/,
    },
  ]

  it.each(conditions)('$title is refused before anything is changed', async (condition) => {
    await expectRefused(guest, flags, condition)
    expect(await ask(guest, '/', { name: 'php.test' })).toMatchObject({ status: 200 })
  })

  it("the distribution's mod_wsgi is refused, and replaced when the flags file says so", async () => {
    await must(guest, 'apt-get -q update && apt-get -q -y install libapache2-mod-wsgi-py3')
    const before = await snapshot(guest)
    const refused = await deployFlask(['apply', '-f', await writeFlags(flags), '--yes'])
    expectRefusal(refused, 'DISTRIBUTION_MODULE', /libapache2-mod-wsgi-py3 is installed/)
    expect(refused.stderr).toMatch(/what to do: .*replace-distribution-module: true/)
    expect(differences(before, await snapshot(guest))).toEqual([])

    const replacing = await writeFlags({ ...flags, 'replace-distribution-module': true })
    const applied = await deployFlask(['apply', '-f', replacing, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(await ask(guest, '/', { name: 'small.test' })).toMatchObject({ status: 200, body: 'small' })
    expect(await ask(guest, '/', { name: 'php.test' })).toMatchObject({ status: 200 })
    const loaded = await guest.run(
      "grep -ho '/[^ ]*mod_wsgi[^ ]*[.]so' /proc/$(cat /run/apache2/apache2.pid)/maps | sort -u",
    )
    expect(loaded.stdout).toMatch(/^\/usr\/local\/lib\/python3\.6\/dist-packages\/mod_wsgi\/.*\.so\n$/)
    const again = await deployFlask(['apply', '-f', replacing, '--yes'])
    expect(again.stdout, again.stderr).toMatch(nothingToDo)
  })
})

it('a deployed site whose database became a link is refused as before, and goes on answering', async () => {
  const guest = await createGuest({ container: inject('deployed') }, 'b-link')
  try {
    await expectRefused(guest, notesFlags(guest), {
      title: '',
      make: 'mv /srv/notes/data/notes.db /srv/notes/data/real.db; ln -s real.db /srv/notes/data/notes.db',
      end: 'mv -T /srv/notes/data/real.db /srv/notes/data/notes.db',
      code: 'PATH_DANGEROUS',
      place: '/srv/notes/data/notes.db is a link to real.db',
      remedy: /"sqlite"/,
    })
    expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
  } finally {
    await guest.destroy()
  }
})
