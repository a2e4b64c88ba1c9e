import { expect } from 'vitest'
import { folderWith, smallApp } from '../helpers/small-site.js'
import { ask } from '../helpers/http.js'
import { pathsOf } from '../helpers/snapshot.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

const conf = '/etc/apache2/conf-enabled/zz-theirs.conf'

/** A file of somebody else's, which the running Apache has not read yet. */
const theirs = (rig: Rig, text: string, file = conf): Promise<void> =>
  rig.inject(`printf '%s\n' '${text}' >${file}`, `rm ${file}`)

/** The neighbours and the site, after a run that was taken back. */
const expectOnline = async (rig: Rig): Promise<void> => {
  expect(await ask(rig.guest, '/health')).toMatchObject({ status: 200 })
  expect(await rig.host('systemctl is-active apache2')).toBe('active\n')
}

fault('F01', 'Apache does not accept the virtual host of the site', async (rig) => {
  const site = await rig.fresh()
  // where nobody looks for process groups, so that only Apache itself finds it
  await theirs(rig, `WSGIDaemonProcess ${site.name}`, '/etc/apache2/mods-enabled/zz-theirs.conf')
  const result = await rig.apply(site.flags)
  rig.failed(result, 'APACHE_CONFIG_BROKEN')
  expect(result.stderr).toMatch(new RegExp(`where: line \\d+ of /etc/apache2/sites-enabled/${site.name}.conf\n`))
  expect(pathsOf(await rig.left()).filter((path) => path.startsWith('/etc/apache2/'))).toEqual([
    '/etc/apache2/mods-enabled/zz-theirs.conf',
  ])
})

fault('F02', 'the configuration of somebody else is broken already', async (rig) => {
  await theirs(rig, '# theirs\nNoSuchDirective on')
  const result = await rig.apply(rig.change())
  rig.failed(result, 'FOREIGN_CONFIG_BROKEN')
  expect(result.stderr).toContain(`where: line 2 of ${conf}\n`)
  expect(pathsOf(await rig.left())).toEqual([conf])
  await expectOnline(rig)
})

const otherServer = (port: number): string =>
  `systemd-run -q --unit other-server python3 -m http.server ${port}; until ss -ltn | grep -q :${port}; do sleep 0.1; done`

const sharedListen = /conf-(available|enabled)\/deploy-flask-listen-/

fault(
  'F03',
  'another program listens on the port of the site',
  async (rig) => {
    const { flags } = await rig.fresh({ port: 8081 })
    await rig.inject(otherServer(8081), 'systemctl stop other-server')
    const result = await rig.apply(flags)
    rig.refused(result, 'PORT_TAKEN', /port 8081 is taken by python3 \(pid \d+\)/)
    expect(await rig.left()).toEqual([])
  },
  { touches: sharedListen },
)

fault('F03', 'somebody else makes Apache listen on a port that another program has', async (rig) => {
  await rig.inject(otherServer(8082), 'systemctl stop other-server')
  await theirs(rig, 'Listen 8082')
  const result = await rig.apply(rig.change())
  rig.failed(result, 'FOREIGN_CONFIG_BROKEN')
  expect(result.stderr).toMatch(new RegExp(`${conf}: Listen 8082: python3 \\(pid \\d+\\) listens there`))
  expect(pathsOf(await rig.left())).toEqual([conf])
  await expectOnline(rig)
})

fault(
  'F03',
  'another program takes the port just before the reload, and Apache dies of it',
  async (rig) => {
    const { flags } = await rig.fresh({ port: 8083 })
    await rig.when(
      '/etc/apache2/conf-enabled/deploy-flask-listen-8083.conf',
      `exec python3 -c "import socket, time
taken = socket.socket()
taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
taken.bind(('', 8083)); taken.listen(); time.sleep(600)"`,
    )
    rig.failed(await rig.apply(flags), 'APACHE_RELOAD_FAILED')
    await expectOnline(rig)
  },
  { outage: 5_000, touches: sharedListen },
)

fault(
  'F04',
  'a folder lies where the log of the site would be, and Apache dies of it',
  async (rig) => {
    const { name, flags } = await rig.fresh()
    await rig.inject(`mkdir /var/log/apache2/${name}-error.log`, `rmdir /var/log/apache2/${name}-error.log`)
    rig.failed(await rig.apply(flags), 'APACHE_RELOAD_FAILED')
    await expectOnline(rig)
  },
  { outage: 5_000 },
)

fault('F04', 'somebody else has given a log the name of a folder', async (rig) => {
  await theirs(rig, 'ErrorLog ${APACHE_LOG_DIR}/')
  rig.failed(await rig.apply(rig.change()), 'FOREIGN_CONFIG_BROKEN')
  await expectOnline(rig)
})

fault('F05', 'somebody else has set a WSGIPythonHome where no Python is', async (rig) => {
  await theirs(rig, 'WSGIPythonHome /opt/nowhere')
  const result = await rig.apply(rig.change())
  rig.failed(result, 'FOREIGN_CONFIG_BROKEN')
  expect(result.stderr).toContain('WSGIPythonHome /opt/nowhere: no Python is there')
  await expectOnline(rig)
})

fault(
  'F05',
  'the module of mod_wsgi is one for another Python',
  async (rig) => {
    const so = await rig.host("ls /usr/local/lib/python3.6/dist-packages/mod_wsgi/server/*.so | tr -d '\n'")
    await rig.host(`cp -p ${so} /root/module.so; sed -i 's/libpython3.6m.so/libpython3.9m.so/' ${so}`)
    const result = await rig.apply(rig.change())
    expect(result.exitCode, result.stderr).not.toBe(0)
    await rig.host(`cp -p /root/module.so ${so}.new; mv ${so}.new ${so}; rm /root/module.so`)
    await expectOnline(rig)
  },
  { ownGuest: true, outage: 3_000 },
)

const forbidden = "start_response('403 Forbidden', [('Content-Type', 'text/plain')])\n    return [b'no']"
const hanging = 'import time; time.sleep(600)'

fault('F06', 'the application cannot be imported', async (rig) => {
  const { flags } = await rig.fresh({
    code: { folder: await folderWith({ 'small.py': 'import nowhere_to_be_found\n' }) },
  })
  const result = await rig.apply(flags)
  rig.failed(result, 'APP_MODULE_MISSING')
  expect(result.stderr).toContain("No module named 'nowhere_to_be_found'")
  await rig.repair(flags)
})

fault('F06', 'the application answers 403', async (rig) => {
  const { flags } = await rig.fresh({}, forbidden)
  const result = await rig.apply(flags)
  rig.failed(result, 'SITE_NOT_ANSWERING')
  expect(result.stderr).toContain('status 403')
  await rig.repair(flags)
})

fault('F06', 'the application does not answer at all', async (rig) => {
  const { flags } = await rig.fresh({}, hanging)
  const result = await rig.apply(flags)
  rig.failed(result, 'SITE_NOT_ANSWERING')
  expect(result.stderr).toContain('no answer')
  await rig.repair(flags)
})

fault('F06', 'a new release never answers at its health path', async (rig) => {
  const { name, flags } = await rig.fresh({ check: '/up' })
  expect((await rig.apply(flags)).exitCode).toBe(0)
  const online = (): Promise<string> => rig.host(`readlink /srv/${name}/current`)
  const before = await online()
  const body = `if environ['PATH_INFO'] == '/up': ${hanging}
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'new']`
  const code = { folder: await smallApp(body) }
  const result = await rig.apply({ ...flags, code, check: { path: '/up', within: 5 } })
  rig.failed(result, 'SITE_NOT_ANSWERING')
  expect(result.stderr).toContain(`http://${name}.test/up does not answer as it should: no answer within 5 s: `)
  expect(await online()).toBe(before)
  expect(await ask(rig.guest, '/up', { name: `${name}.test` })).toMatchObject({ status: 200, body: 'small' })
  await rig.repair(flags)
})

fault('F06', 'the WSGI script, which lies on the host, is missing', async (rig) => {
  const script = '/srv/elsewhere/app.wsgi'
  const { flags } = await rig.fresh({ wsgi: undefined, applications: [{ mount: '/', script }] })
  const result = await rig.apply(flags)
  rig.failed(result, 'APP_IMPORT_FAILED')
  expect(result.stderr).toContain(`No such file or directory: '${script}'`)
  await rig.repair(flags)
})
