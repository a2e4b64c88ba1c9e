import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask as start } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { smallApp, smallFlags } from '../helpers/small-site.js'
import { startVisitor } from '../helpers/visitor.js'

const deployFlask = (args: readonly string[], env: Record<string, string> = { SMALL_TOKEN: 'canary-of-opérate' }) =>
  start(args, env)

let guest: Guest
let php: ReturnType<typeof startVisitor>
let folder: string
let flags: Record<string, unknown>
let file: string

beforeAll(async () => {
  guest = await createGuest('php', 'operate')
  php = startVisitor(guest, 'php.test', await ask(guest, '/', { name: 'php.test' }))
  folder = await smallApp()
  flags = { ...smallFlags(guest, folder), settings: { TOKEN: { env: 'SMALL_TOKEN' } }, 'keep-releases': 3 }
  file = await writeFlags(flags)
})
afterAll(() => guest.destroy())

const page = "b'small'"

/** Another version of the application: which one it is stands in a header. */
const write = (version: string, body = page): Promise<void> =>
  writeFile(
    join(folder, 'small.py'),
    `import os\n\ndef application(environ, start_response):\n    start_response('200 OK', [('Content-Type', 'text/plain'), ('X-Version', '${version}')])\n    return [${body}]\n`,
  )

const deploy = async (version: string) => {
  await write(version)
  const applied = await deployFlask(['apply', '-f', file, '--yes'])
  expect(applied.exitCode, applied.stderr).toBe(0)
  return applied
}

const versionOnline = async (): Promise<unknown> => (await ask(guest, '/', { name: 'small.test' })).headers['x-version']

const releases = async (): Promise<readonly string[]> =>
  (await output(guest, 'ls /srv/small/releases')).trim().split('\n')

const daemons = async (): Promise<string> => output(guest, "pgrep -f '^\\(wsgi:small\\)' | sort | paste -sd,")

describe('releases', () => {
  it('ten deployments of other code disturb nobody: no request of twenty a second fails, and Apache is not touched', async () => {
    await deploy('first')
    const apache = await output(guest, 'cat /run/apache2/apache2.pid; ls -l --full-time /run/apache2/wsgi*')
    const known = await ask(guest, '/', { name: 'small.test' })
    const seen = [await daemons()]
    const visitors = [startVisitor(guest, 'small.test', known), startVisitor(guest, 'small.test', known)]
    for (let version = 1; version <= 10; version++) {
      const { stdout } = await deploy(`v${version}`)
      expect(stdout).toContain('Let the daemon load the application anew')
      expect(await versionOnline()).toBe(`v${version}`)
      seen.push(await daemons())
    }
    const visits = await Promise.all(visitors.map(async (visitor) => visitor.stop()))
    expect(visits.flatMap(({ failures }) => failures)).toEqual([])
    expect(visits.reduce((sum, { asked }) => sum + asked, 0)).toBeGreaterThan(100)
    expect(new Set(seen).size).toBe(11)
    expect(await output(guest, 'cat /run/apache2/apache2.pid; ls -l --full-time /run/apache2/wsgi*')).toBe(apache)
  })

  it('after twenty of them there are as many as are kept', async () => {
    for (let version = 11; version <= 20; version++) await deploy(`v${version}`)
    expect(await releases()).toHaveLength(3)
  })
})

const rollback = async (...args: readonly string[]) => deployFlask(['rollback', ...args, '-f', file, '--yes'])

describe('rollback', () => {
  it('goes back to what was online before, and to what was before that', async () => {
    const before = await output(
      guest,
      'stat -c %Y /etc/apache2/sites-available/small.conf; cat /run/apache2/apache2.pid',
    )
    for (const version of ['v19', 'v18']) {
      const done = await rollback()
      expect(done.exitCode, done.stderr).toBe(0)
      expect(done.stderr).toContain('not rolled back: data (databases, uploads), settings')
      expect(await versionOnline()).toBe(version)
    }
    expect(
      await output(guest, 'stat -c %Y /etc/apache2/sites-available/small.conf; cat /run/apache2/apache2.pid'),
    ).toBe(before)
  })

  it('has nothing to go back to where all others were gone back from, and changes nothing', async () => {
    const before = await output(guest, 'readlink /srv/small/current; cat /var/lib/deploy-flask/small/history')
    const { exitCode, stderr } = await rollback()
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('error RELEASE_MISSING: ')])
    expect(await output(guest, 'readlink /srv/small/current; cat /var/lib/deploy-flask/small/history')).toBe(before)
  })

  it('goes to the release that is named, by the beginning of its hash, and says what is known of it', async () => {
    const [, , newest = ''] = await releases()
    const done = await rollback(newest.split('-')[1]?.slice(0, 8) ?? '')
    expect(done.exitCode, done.stderr).toBe(0)
    expect(done.stderr).toMatch(/was rolled back at \d{4}-/)
    expect(await versionOnline()).toBe('v20')
  })

  it('lists the releases that there are, where none has that name', async () => {
    const { exitCode, stderr } = await rollback('nosuch')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error RELEASE_UNKNOWN: no release of small is called nosuch')
    for (const name of await releases()) expect(stderr).toContain(name)
  })

  it('brings the environment back, too, that a release had', async () => {
    const small = await writeFlags({ ...flags, requirements: ['itsdangerous==2.0.1'] })
    await write('with')
    const applied = await deployFlask(['apply', '-f', small, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
    const venvNow = async () =>
      output(guest, 'grep -o "venvs/[0-9a-f]*" /etc/apache2/sites-available/small.conf | sort -u')
    const venv = await venvNow()
    expect((await rollback()).exitCode).toBe(0)
    expect(await versionOnline()).toBe('v20')
    expect(await venvNow()).not.toBe(venv)
    const plan = await deployFlask(['plan', '-f', file])
    expect(plan.stdout).toContain('= apache.vhost')
    expect(plan.stdout).toContain('= site.manifest')
    expect((await rollback((await releases()).at(-1) ?? '')).exitCode).toBe(0)
    expect([await versionOnline(), await venvNow()]).toEqual(['with', venv])
    const before = await output(guest, 'readlink /srv/small/current')
    expect((await rollback('--dry-run')).stdout).toContain('link /srv/small/current')
    expect(await output(guest, 'readlink /srv/small/current')).toBe(before)
  })
})

describe('a release that does not answer', () => {
  it('is taken back, marked, and warned of; what was online before still is', async () => {
    await deploy('good')
    await write('bad', '1 / 0')
    const applied = await deployFlask(['apply', '-f', file, '--yes'])
    expect(applied.exitCode).toBe(1)
    expect(applied.stderr).toContain('error SITE_NOT_ANSWERING: ')
    expect(await versionOnline()).toBe('good')
    const plan = await deployFlask(['plan', '-f', file])
    expect(plan.stderr).toMatch(/warning: the code [0-9a-f]{12} went online at .*, did not answer and was taken back/)
    const status = await deployFlask(['status', '-f', file, '--json'])
    const { releases: told } = JSON.parse(status.stdout) as { releases: { state: string }[] }
    expect(told.map(({ state }) => state)).toEqual(expect.arrayContaining(['live', 'taken back']))
    await write('good')
    const cleared = await deployFlask(['apply', '-f', file, '--yes', '--json'])
    expect(cleared.stdout).toMatch(/"remove","subject":"release \d{8}T\d{6}Z-[0-9a-f]{12}"/)
    const again = await deployFlask(['plan', '-f', file, '--exit-code'])
    expect(again.exitCode, again.stdout).toBe(0)
  })
})

describe('status', () => {
  it('tells what ps, the log and the host tell', async () => {
    const { exitCode, stdout } = await deployFlask(['status', '-f', file, '--json'])
    expect(exitCode).toBe(0)
    const told = JSON.parse(stdout) as Record<string, never> & {
      readonly processes: readonly { readonly pid: number; readonly user: string; readonly bytes: number }[]
    }
    expect(
      told.processes
        .map(({ pid }) => String(pid))
        .sort()
        .join(','),
    ).toBe((await daemons()).trim())
    const [process] = told.processes
    expect(process?.user).toBe('flask-small')
    const kilobytes = Number(await output(guest, `ps -o rss= -p ${process?.pid ?? 0}`))
    expect(Math.abs((process?.bytes ?? 0) / 1024 - kilobytes)).toBeLessThan(2048)
    expect(told).toMatchObject({
      site: 'small',
      url: 'http://small.test/',
      enabled: true,
      drift: [],
      lock: 'nobody is changing it',
    })
  })

  it('tells what was changed by hand, and of a site without secrets here, all but that', async () => {
    await output(guest, 'sed -i "s/small.test/other.test/" /etc/apache2/sites-available/small.conf')
    const drifted = await deployFlask(['status', '-f', file])
    expect(drifted.stdout).toContain('apache.vhost: update file /etc/apache2/sites-available/small.conf')
    await output(guest, 'sed -i "s/other.test/small.test/" /etc/apache2/sites-available/small.conf')
    const without = await deployFlask(['status', '-f', file], {})
    expect(without.stdout).toMatch(/drift +not known: .*\(SECRET_MISSING\)/)
    expect(without.stdout).toContain('(wsgi:small)')
    expect(without.exitCode).toBe(0)
  })

  it('says so, where the site is none of ours, and names those that are', async () => {
    const { exitCode, stderr } = await deployFlask(['status', '-f', file, '--site', 'nosuch'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error SITE_UNKNOWN: ')
    expect(stderr).toContain('there are: small')
  })
})

describe('run', () => {
  it('runs a command as the account of the site, with its settings, where its code is', async () => {
    const script =
      'import os, pwd, small; print(pwd.getpwuid(os.getuid()).pw_name, os.environ["TOKEN"], os.getgroups(), small.__file__)'
    const { exitCode, stdout } = await deployFlask(['run', '-f', file, '--', 'python', '-c', script])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^flask-small canary-of-opérate \[\d*\] \S*\/small\.py\n$/)
  })

  it('ends with the exit code of the command, and hands its words on as they are', async () => {
    const { exitCode, stdout, stderr } = await deployFlask([
      ...['run', '-f', file, '--', 'sh', '-c', 'echo "$1"; echo told >&2; exit 7', 'sh', `it's "$(id)" → ü`],
    ])
    expect([exitCode, stdout, stderr]).toEqual([7, `it's "$(id)" → ü\n`, 'told\n'])
    expect((await deployFlask(['run', '-f', file, '--', 'nosuch'])).stderr).toBe('nosuch: No such file or directory\n')
  })
})

describe('logs', () => {
  it('are both logs in the order of time, and no secret is in them', async () => {
    await output(
      guest,
      "runuser -u flask-small -- true; echo '[Mon Nov 30 09:00:00.000001 2026] [wsgi:error] [pid 1] an übel line with canary-of-opérate in it' >>/var/log/apache2/small-error.log",
    )
    const { exitCode, stdout } = await deployFlask(['logs', '-f', file, '--lines', '5000'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('an übel line with [secret] in it')
    expect(stdout).not.toContain('canary-of-opérate')
    expect(stdout).toContain('"GET / HTTP/1.1" 200')
    expect(stdout).toContain('ZeroDivisionError')
    expect((await deployFlask(['logs', '-f', file, '-n', '2'])).stdout.trim().split('\n')).toHaveLength(2)
  })
})

describe('audit', () => {
  it('knows who did what, and what became of it', async () => {
    const { stdout } = await deployFlask(['audit', '-f', file, '--json', '-n', '100'])
    const runs = JSON.parse(stdout) as readonly {
      readonly command: string
      readonly outcome: string
      readonly from: string
    }[]
    const told = runs.map(({ command, outcome }) => `${command.split(' ')[0]} ${outcome}`)
    for (const one of ['apply done', 'apply failed', 'rollback done', 'run started']) expect(told).toContain(one)
    for (const { from } of runs) expect(from).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    expect(await output(guest, 'stat -c "%a %U" /var/lib/deploy-flask/audit.log')).toBe('600 root\n')
    expect(await output(guest, 'cat /var/lib/deploy-flask/audit.log')).not.toContain('canary-of-opérate')
  })
})

describe('a manifest that was edited by hand, or comes from a newer version', () => {
  it('stops every command, and nothing is changed', async () => {
    const path = '/var/lib/deploy-flask/small/manifest.json'
    await write('other')
    for (const [edit, code] of [
      ['s/"port": 80/"port": "eighty"/', 'MANIFEST_UNREADABLE'],
      ['s/"version": 1/"version": 7/', 'MANIFEST_NEWER'],
    ] as const) {
      await output(guest, `cp -a ${path} /root/kept; sed -i '${edit}' ${path}`)
      for (const command of [['apply', '--yes'], ['rollback', '--yes'], ['status'], ['run']]) {
        const words = command[0] === 'run' ? ['--', 'true'] : []
        const { exitCode, stderr } = await deployFlask([...command, '-f', file, ...words])
        expect([command[0], exitCode, stderr]).toEqual([command[0], 2, expect.stringContaining(`error ${code}: `)])
      }
      await output(guest, `mv /root/kept ${path}`)
    }
    expect(await versionOnline()).toBe('good')
  })
})

describe('the PHP site beside it', () => {
  it('was there at each of ten requests a second, all the time', async () => {
    const { asked, failures } = await php.stop()
    expect(failures).toEqual([])
    expect(asked).toBeGreaterThan(500)
  })
})
