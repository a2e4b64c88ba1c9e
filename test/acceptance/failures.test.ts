import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { attempt, expectFailure } from '../helpers/failure.js'
import { examples, notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { folderWith, smallApp, smallFlags } from '../helpers/small-site.js'
import { pathsOf } from '../helpers/snapshot.js'

const notImporting = (): Promise<string> => folderWith({ 'small.py': 'import nowhere_to_be_found\n' })
const failing = (): Promise<string> => smallApp("raise RuntimeError('no luck today')")

/** Applied again and again to one guest: what fails is taken back, so each test begins with the same host. */
describe('a first deployment beside a PHP site, where the packages are in place', () => {
  const theirs = '/etc/apache2/conf-enabled/theirs.conf'
  let guest: Guest
  let flags: (folder: Promise<string>) => Promise<Record<string, unknown>>

  beforeAll(async () => {
    guest = await createGuest('php', 'b-first')
    flags = async (folder) => smallFlags(guest, await folder)
    const first = await deployFlask(['apply', '-f', await writeFlags(await flags(notImporting())), '--yes'])
    // The packages stay: there is no telling what else would go with them.
    expectFailure(first, 'APP_MODULE_MISSING')
  })
  afterAll(() => guest.destroy())

  const expectPhpOnly = async (): Promise<void> => {
    const body = expect.stringContaining('This is the PHP site') as string
    expect(await ask(guest, '/', { name: 'php.test' })).toMatchObject({ status: 200, body })
    expect((await guest.run('a2query -s small')).stdout).toBe('')
    expect((await guest.run("ps -eo args | grep '[(]wsgi:'")).stdout).toBe('')
  }

  /** With a file of somebody else's in Apache's configuration, as long as `work` runs. */
  const withTheirs = async (text: string, work: () => Promise<void>, file = theirs): Promise<void> => {
    await guest.run(`cat >${file}`, { stdin: text })
    try {
      await work()
    } finally {
      await guest.run(`rm ${file}`)
    }
  }

  it('with an application that cannot be imported leaves nothing behind, and says which import failed', async () => {
    const { result, left } = await attempt(guest, await flags(notImporting()))
    expectFailure(result, 'APP_MODULE_MISSING')
    expect(result.stderr).toContain("No module named 'nowhere_to_be_found'")
    expect(left).toEqual([])
    await expectPhpOnly()
  })

  it('refuses a configuration that is broken already, before anything is changed, and does not call it ours', () =>
    withTheirs('# theirs\nNoSuchDirective on\n', async () => {
      const { result, left } = await attempt(guest, await flags(smallApp()))
      expectFailure(result, 'FOREIGN_CONFIG_BROKEN')
      expect(result.stderr).toContain(`where: line 2 of ${theirs}\n`)
      expect(left).toEqual([])
      await expectPhpOnly()
    }))

  it('names file and line of what breaks together with mod_wsgi, and disables mod_wsgi again', async () => {
    await withTheirs('<IfModule wsgi_module>\nNoSuchDirective on\n</IfModule>\n', async () => {
      const { result, left } = await attempt(guest, await flags(smallApp()))
      expectFailure(result, 'APACHE_CONFIG_BROKEN')
      expect(result.stderr).toContain(`where: line 2 of ${theirs}\n`)
      expect(result.stderr).toContain("Invalid command 'NoSuchDirective'")
      expect(left).toEqual([])
      expect((await guest.run('a2query -m wsgi')).exitCode).not.toBe(0)
      expect((await guest.run('apache2ctl configtest')).stderr).toContain('Syntax OK')
      await expectPhpOnly()
    })
  })

  it('takes a site offline again that answers 500, shows the exception, and keeps only what is not served', async () => {
    const { result, left, apache } = await attempt(guest, await flags(failing()))
    expectFailure(result, 'SITE_NOT_ANSWERING')
    expect(result.stderr).toContain('RuntimeError: no luck today')
    expect(result.stderr).toMatch(/process group small, user flask-small, Python \/srv\/small\/venvs\//)
    expect(pathsOf(apache)).toEqual(['/etc/apache2/mods-available/wsgi.load', '/etc/apache2/mods-enabled/wsgi.load'])
    const own = pathsOf(left).filter((path) => !/^\/(etc\/apache2|usr\/local)\/|\/(releases|venvs)\//.test(path))
    expect(own).toEqual([
      ...['/etc/deploy-flask', '/etc/deploy-flask/small', '/etc/group', '/etc/gshadow', '/etc/passwd', '/etc/shadow'],
      ...['/srv/small', '/srv/small/data', '/srv/small/releases', '/srv/small/venvs', '/srv/small/wsgi'],
      '/var/lib/deploy-flask/empty',
    ])
    await expectPhpOnly()
  })

  it('takes a virtual host out again that Apache does not accept, before the running Apache has seen it', () =>
    withTheirs(
      'WSGIDaemonProcess small\n',
      async () => {
        const { result, apache } = await attempt(guest, await flags(smallApp()))
        expectFailure(result, 'APACHE_CONFIG_BROKEN')
        expect(result.stderr).toMatch(/where: line \d+ of \/etc\/apache2\/sites-enabled\/small\.conf\n/)
        expect(result.stderr).toContain('Name duplicates previous WSGI daemon definition')
        expect(apache).toEqual([])
        await expectPhpOnly()
      },
      // where nobody keeps process groups, so that only Apache itself finds it
      '/etc/apache2/mods-enabled/zz-theirs.conf',
    ))

  it('refuses a name of a process group that other configuration of the host has, before anything is changed', () =>
    withTheirs('WSGIDaemonProcess small\n', async () => {
      const { result, left } = await attempt(guest, await flags(smallApp()))
      expectFailure(result, 'PROCESS_GROUP_TAKEN')
      expect(result.stderr).toContain(theirs)
      expect(left).toEqual([])
      await expectPhpOnly()
    }))

  it('that breaks a neighbour is taken back, and the neighbour answers as before', async () => {
    const php = '/etc/apache2/sites-available/php.conf'
    const condition = '<If "-e \'/etc/apache2/sites-enabled/small.conf\'">\\nRequire all denied\\n</If>'
    await guest.run(
      `cp -p ${php} /root; sed -i "s|DocumentRoot.*|&\\n${condition.replaceAll('"', '\\"')}|" ${php}; systemctl reload apache2`,
    )
    const { result, apache } = await attempt(guest, await flags(smallApp()))
    expectFailure(result, 'NEIGHBOUR_BROKEN')
    expect(result.stderr).toContain('php.test:80 answered 200 before and 403 now')
    expect(apache).toEqual([])
    await expectPhpOnly()
    await guest.run(`cp -p /root/php.conf ${php}; systemctl reload apache2`)
  })

  it('says that a person is needed when a neighbour stays broken, whose file was edited but never loaded', async () => {
    await guest.run("sed -i 's|DocumentRoot .*|Redirect 410 /|' /etc/apache2/sites-available/php.conf")
    const { result, apache } = await attempt(guest, await flags(smallApp()))
    expectFailure(result, 'SERVICE_NOT_RESTORED')
    expect(result.stderr).toContain('php.test:80 answered 200 before and 410 now')
    expect(apache).toEqual([])
    expect((await guest.run('a2query -s small')).stdout).toBe('')
  })
})

describe('over a good version that is online', () => {
  let guest: Guest
  let health: string
  let served: string

  beforeAll(async () => {
    guest = await createGuest({ container: inject('deployed') }, 'b-over')
    health = (await ask(guest, '/health')).body
    served = (await guest.run('readlink /srv/notes/current')).stdout
  })
  afterAll(() => guest.destroy())

  /** The notebook with one word of its code replaced. */
  const changed = async (file: string, from: string, to: string): Promise<Record<string, unknown>> => {
    const folder = await folderWith({})
    await cp(join(examples, 'notes'), folder, { recursive: true })
    const text = await readFile(join(folder, file), 'utf8')
    expect(text).toContain(from)
    await writeFile(join(folder, file), text.replace(from, to))
    return { ...notesFlags(guest), code: { folder } }
  }

  it('a new version that cannot be imported changes nothing, and the old one goes on answering', async () => {
    const { result, left } = await attempt(
      guest,
      await changed('notes/__init__.py', 'import', 'import nowhere\nimport'),
    )
    expectFailure(result, 'APP_MODULE_MISSING')
    expect(left).toEqual([])
    expect(await ask(guest, '/health')).toMatchObject({ status: 200, body: health })
  })

  it('a new version that answers 500 is replaced by the old one again', async () => {
    const { result, apache, left } = await attempt(
      guest,
      await changed('notes/pages.py', 'def health():\n', `def health():\n    raise RuntimeError('no luck today')\n`),
    )
    expectFailure(result, 'SITE_NOT_ANSWERING')
    expect(apache).toEqual([])
    // Made anew or touched: the same but for its time.
    expect(pathsOf(left).filter((path) => !path.startsWith('/srv/notes/releases/'))).toEqual([
      '/srv/notes/current',
      '/srv/notes/wsgi/notes.wsgi',
    ])
    expect((await guest.run('readlink /srv/notes/current')).stdout).toBe(served)
    expect(await ask(guest, '/health')).toMatchObject({ status: 200, body: health })
  })
})
