import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isEmpty } from '../../src/core/plan.js'
import { DeployError } from '../../src/errors.js'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { resolved, secrets, type Flags, type SiteName } from '../fixtures/sites.js'
import { applyTo, look } from '../helpers/engine.js'

/** Asks a site of the guest from the guest itself, which has no curl. */
const ASK = `
import json, sys, urllib.error, urllib.request
url, host, login = sys.argv[1:]
request = urllib.request.Request(url, headers=dict({"Host": host}, **({"Authorization": login} if login else {})))
try:
    answer = urllib.request.urlopen(request, timeout=20)
except urllib.error.HTTPError as problem:
    answer = problem
print(json.dumps({"status": answer.getcode(), "headers": dict(answer.headers), "body": answer.read().decode()}))
`

interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const run = async (guest: Guest, script: string): Promise<string> => {
  const { stdout, stderr, exitCode } = await guest.run(`set -e\n${script}`)
  expect(exitCode, stderr).toBe(0)
  return stdout
}

const asked = async (guest: Guest, url: string, host: string, login = ''): Promise<Page> =>
  JSON.parse(await run(guest, `python3 - '${url}' '${host}' '${login}' <<'PY'\n${ASK}\nPY`)) as Page

const basic = `Basic ${Buffer.from(`ann:${secrets.SHOP_ANN}`).toString('base64')}`

const failure = async (work: Promise<unknown>): Promise<DeployError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('it did not fail')
}

const applied = async (guest: Guest, name: SiteName, flags: Flags = {}) => applyTo(guest, await resolved(name, flags))
const nothingLeft = async (guest: Guest, name: SiteName, flags: Flags = {}) =>
  isEmpty((await look(guest, await resolved(name, flags))).plan)

/** Steps that would change something; not whether Apache should read once more what was taken back. */
const stepsLeft = async (guest: Guest, name: SiteName): Promise<readonly string[]> => {
  const { plan } = await look(guest, await resolved(name))
  return plan.phases.flatMap(({ steps }) => steps.filter(({ state }) => state !== 'ok').map(({ id }) => id))
}

describe('a site that has every step, on a real host', () => {
  let guest: Guest

  beforeAll(async () => {
    guest = await createGuest({ container: inject('deployed') }, 'a-steps')
    await applied(guest, 'shop')
  })
  afterAll(() => guest.destroy())

  const page = (path: string, login?: string) => asked(guest, `http://127.0.0.1:8080${path}`, 'shop.test', login)
  const seen = async (path: string, login?: string) =>
    JSON.parse((await page(path, login)).body) as Readonly<Record<string, unknown>>
  const colours = (silver: string): Flags => ({
    'rewrite-maps': {
      tiers: { entries: { '/gold': 'first', '/silver': 'second' } },
      colours: { type: 'dbm', entries: { '/gold': 'yellow', '/silver': silver } },
    },
  })

  it('has nothing to do the second time', async () => {
    expect(await nothingLeft(guest, 'shop')).toBe(true)
  })

  it('answers with all of its applications, each in its own process group, with its settings', async () => {
    expect(await seen('/')).toMatchObject({ application: 'shop', key: true, 'mod_wsgi.process_group': 'shop' })
    expect((await page('/admin/')).status).toBe(401)
    expect(await seen('/admin/', basic)).toMatchObject({
      ...{ application: 'admin', key: true, REMOTE_USER: 'ann', SCRIPT_NAME: '/admin' },
      'mod_wsgi.process_group': 'shop-admin',
    })
    const wiki = await page('/wiki/')
    expect(wiki.headers['X-Stamped']).toBe('yes')
    expect(JSON.parse(wiki.body)).toMatchObject({ application: 'wiki', file: '/srv/shop/current/wiki.wsgi' })
  })

  it('answers with scripts, CGI scripts and files, each by its name', async () => {
    expect((await page('/scripts/hello.wsgi')).body).toBe('hello from a script')
    expect((await page('/tools/hello.wsgi')).body).toBe('hello from a script')
    expect((await page('/tools/old.cgi')).body).toBe('hello from CGI')
    expect((await page('/tools/')).body).toBe('<p>tools</p>\n')
    const css = await page('/static/shop.css')
    expect(css.headers).toMatchObject({ 'Cache-Control': 'max-age=3600', 'X-Shop': 'yes' })
  })

  it('is told its variables, by maps of text and of dbm', async () => {
    expect(await seen('/silver')).toMatchObject({
      ...{ 'shop.mail': 'mailhost', 'shop.debug': '1', 'shop.tier': 'second', 'shop.colour': 'grey' },
    })
    expect(await seen('/tin')).toMatchObject({ 'shop.tier': 'none', 'shop.colour': 'none' })
  })

  it('has its process groups run as their own accounts, which read their own settings only', async () => {
    const settings = '/etc/deploy-flask/shop/settings.json'
    const copy = '/etc/deploy-flask/shop.shop-admin.settings.json'
    const reads = (user: string, file: string) =>
      guest.run(`runuser -u ${user} -- cat ${file}`).then(({ exitCode }) => exitCode === 0)
    expect(await Promise.all([reads('flask-shop', settings), reads('shop-admin', copy)])).toEqual([true, true])
    expect(await Promise.all([reads('shop-admin', settings), reads('flask-shop', copy)])).toEqual([false, false])
    expect(await reads('flask-shop', '/etc/deploy-flask/shop.htpasswd')).toBe(false)
    expect(await reads('www-data', '/etc/deploy-flask/shop.htpasswd')).toBe(true)
  })

  it('sees a changed entry of a map without a reload', async () => {
    expect(await applied(guest, 'shop', colours('white'))).toEqual(['update file /etc/deploy-flask/shop-colours.txt'])
    expect(await seen('/silver')).toMatchObject({ 'shop.colour': 'white' })
    expect(await applied(guest, 'shop')).toEqual(['update file /etc/deploy-flask/shop-colours.txt'])
    expect(await seen('/silver')).toMatchObject({ 'shop.colour': 'grey' })
  })

  it('has map, text and what is built from it back when its phase fails', async () => {
    const files = 'cd /etc/deploy-flask; stat -c "%n %U %a" shop*; cat shop-colours.txt'
    const before = await run(guest, files)
    const broken = { ...colours('white'), static: { '/gone/': '/srv/nowhere' } }
    const error = await failure(applied(guest, 'shop', broken))
    expect(error.code).toBe('PATH_UNUSABLE')
    expect(error.fault.evidence).toBe('/srv/nowhere does not exist (as www-data; static./gone/)')
    expect(await run(guest, files)).toBe(before)
    expect(await seen('/silver')).toMatchObject({ 'shop.colour': 'grey' })
    expect(await stepsLeft(guest, 'shop')).toEqual([])
  })

  it('removes a map again whose phase fails when it is new', async () => {
    const maps = {
      'rewrite-maps': { tiers: { entries: {} }, colours: { entries: {} }, fresh: { type: 'dbm', entries: { a: 'b' } } },
    }
    const error = await failure(applied(guest, 'shop', { ...maps, static: { '/gone/': '/srv/nowhere' } }))
    expect(error.code).toBe('PATH_UNUSABLE')
    expect(await run(guest, 'ls /etc/deploy-flask | grep fresh || :')).toBe('')
    expect(await stepsLeft(guest, 'shop')).toEqual([])
    // the next run lets Apache read what was taken back, and that is all
    expect(await applied(guest, 'shop')).toEqual(['run Reload Apache'])
  })

  const listening = 'deploy-flask-listen-8080'
  const built = '/etc/deploy-flask/shop-colours.dbm'

  it.each<readonly [string, string, readonly string[]]>([
    ['a map that is gone', `rm ${built}`, [`update rewrite map ${built}`]],
    ['a map that is older than its text', `touch ${built.replace('dbm', 'txt')}`, [`update rewrite map ${built}`]],
    ['a map that Apache cannot read', `chmod 0600 ${built}`, [`update rewrite map ${built}`]],
    [
      'a map whose text was edited',
      "sed -i 's/grey/pink/' /etc/deploy-flask/shop-colours.txt",
      ['update file /etc/deploy-flask/shop-colours.txt'],
    ],
    [
      'logins that were edited',
      'echo "eve:x" >>/etc/deploy-flask/shop.htpasswd',
      ['update file /etc/deploy-flask/shop.htpasswd'],
    ],
    [
      'a port that was given up',
      `a2disconf -q ${listening}; systemctl reload apache2`,
      [`create apache configuration ${listening}`, 'run Reload Apache'],
    ],
    [
      'a module that was disabled, on which Apache does not start any more',
      'a2dismod -q -f headers',
      ['create apache module headers', 'run Reload Apache'],
    ],
    [
      'settings of one group that are gone',
      'rm /etc/deploy-flask/shop.shop-admin.settings.json',
      ['create file /etc/deploy-flask/shop.shop-admin.settings.json', 'run Let the daemon load the application anew'],
    ],
    [
      'a script that was edited',
      'echo "raise SystemExit" >>/srv/shop/wsgi/shop-admin.wsgi',
      ['update file /srv/shop/wsgi/shop-admin.wsgi', 'run Let the daemon load the application anew'],
    ],
    [
      'a Listen that an earlier version had written into the virtual host',
      `a2disconf -q ${listening}; rm /etc/apache2/conf-available/${listening}.conf
       sed -i '1a Listen 8080' /etc/apache2/sites-available/shop.conf; systemctl reload apache2`,
      [
        `create file /etc/apache2/conf-available/${listening}.conf`,
        `create apache configuration ${listening}`,
        'update file /etc/apache2/sites-available/shop.conf',
        'run Reload Apache',
      ],
    ],
  ])('repairs %s, and nothing else', async (_what, breaks, changes) => {
    await run(guest, breaks)
    expect(await applied(guest, 'shop')).toEqual(changes)
    expect(await nothingLeft(guest, 'shop')).toBe(true)
    expect(await seen('/silver')).toMatchObject({ 'shop.colour': 'grey' })
    expect((await page('/admin/', basic)).status).toBe(200)
  })

  it('serves a script of the code as it is now, without a reload', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'shop-')), 'shop')
    await cp(fileURLToPath(new URL('../fixtures/sites/shop', import.meta.url)), folder, { recursive: true })
    const script = join(folder, 'scripts/hello.wsgi')
    await writeFile(script, (await readFile(script, 'utf8')).replace('from a script', 'from another script'))
    const flags = { code: { folder } }
    const main = 'stat -c %Y /run/apache2/apache2.pid; ls /run/apache2 | grep "^wsgi"'
    const before = await run(guest, main)
    const changes = await applied(guest, 'shop', flags)
    expect(changes.at(-1)).toBe('run Let the daemon load the application anew')
    expect((await page('/scripts/hello.wsgi')).body).toBe('hello from another script')
    expect(await run(guest, main)).toBe(before)
    expect(await nothingLeft(guest, 'shop', flags)).toBe(true)
  })
})

describe('an application in a PHP site, on a real host', () => {
  let guest: Guest
  const file = '/etc/apache2/sites-available/php.conf'
  const line = '    IncludeOptional /etc/apache2/deploy-flask/wiki.conf\n'

  beforeAll(async () => {
    guest = await createGuest('php', 'a-steps-php')
  })
  afterAll(() => guest.destroy())

  const php = async () => (await asked(guest, 'http://127.0.0.1/', 'php.test')).body
  const wiki = () => asked(guest, 'http://127.0.0.1/wiki/a', 'php.test')

  it('is refused without the line, which nobody is given unasked', async () => {
    const survey = await look(guest, await resolved('wiki', { 'existing-site': { file: 'php.conf' } }))
    expect(survey.refusals.map(({ code }) => code)).toEqual(['EXISTING_SITE_NOT_INCLUDED'])
    expect(survey.refusals[0]?.fault.evidence).toContain(line.trim())
  })

  it('leaves the file of that site byte for byte as it was when it does not answer', async () => {
    const before = await run(guest, `sha256sum ${file}; stat -c '%U %G %a %Y' ${file}`)
    const page = await php()
    const error = await failure(applied(guest, 'wiki', { check: { statuses: [418] } }))
    expect(error.code).toBe('SITE_NOT_ANSWERING')
    expect(await run(guest, `sha256sum ${file}; stat -c '%U %G %a %Y' ${file}`)).toBe(before)
    expect(await run(guest, 'ls /etc/apache2/deploy-flask /etc/apache2/sites-enabled')).not.toContain('wiki')
    expect(await php()).toBe(page)
  })

  it('is mounted by one line, and the site around it answers as before', async () => {
    const [text, page] = [await run(guest, `cat ${file}`), await php()]
    await applied(guest, 'wiki')
    expect(await run(guest, `cat ${file}`)).toBe(text.replace('</VirtualHost>', `${line}</VirtualHost>`))
    expect(await php()).toBe(page)
    expect(await wiki()).toMatchObject({ status: 200, body: 'wiki at /wiki' })
    expect(await nothingLeft(guest, 'wiki')).toBe(true)
  })

  it('is mounted again when somebody has taken the line out', async () => {
    await run(guest, `sed -i '/IncludeOptional/d' ${file}; systemctl reload apache2`)
    expect((await wiki()).status).toBe(404)
    expect(await applied(guest, 'wiki')).toEqual([`update file ${file}`, 'run Reload Apache'])
    expect((await wiki()).status).toBe(200)
  })

  it('is served again when what is included is gone, which does not stop Apache', async () => {
    await run(guest, 'rm /etc/apache2/deploy-flask/wiki.conf; apache2ctl configtest; systemctl reload apache2')
    expect(await applied(guest, 'wiki')).toEqual([
      'create file /etc/apache2/deploy-flask/wiki.conf',
      'run Reload Apache',
    ])
    expect((await wiki()).status).toBe(200)
  })
})
