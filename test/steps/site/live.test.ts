import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { liveSite } from '../../../playbooks/flask-site-parts.js'
import type { Answer } from '../../../src/core/command.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { liveScript } from '../../../src/steps/site/live-script.js'
import { answers, answersAsBefore, isOfSite, remember } from '../../../src/steps/site/live.js'
import { folderWith } from '../../config/folders.js'
import { recordedHost } from '../../fixtures/recorded-host.js'
import { sampleSite } from '../../fixtures/site.js'
import { siteFor } from '../harness.js'

const site = liveSite(sampleSite(), layoutOf(sampleSite()))
const { gate } = recordedHost('deployed')
if (gate === undefined) throw new Error('the gate was not recorded')
const { before, after } = gate

type Members = Readonly<Record<string, unknown>>
const edit = (answer: Answer, changes: Members): Answer => ({
  ...answer,
  stdout: JSON.stringify({ ...(JSON.parse(answer.stdout) as Members), ...changes }),
})
const askedBy = ({ argv }: { readonly argv: readonly string[] }) => JSON.parse(argv.at(-1) ?? '') as Members

describe('before the first change', () => {
  const judge = (changes: Members) => remember(site).judge(edit(before, changes), undefined)
  const broken = (file: string) => ({
    configtest: 1,
    said: `AH00526: Syntax error on line 7 of /etc/apache2/${file}:\nInvalid command\n`,
  })

  it('a sound Apache is remembered', () => expect(judge({})).toBeUndefined())

  it('a host without Apache has nothing to lose', () => {
    expect(judge({ installed: false, running: false })).toBeUndefined()
  })

  it('a configuration that is broken already is refused, with the line', () => {
    expect(judge(broken('sites-enabled/shop.conf'))).toMatchObject({
      code: 'FOREIGN_CONFIG_BROKEN',
      fault: { where: expect.stringContaining('line 7 of /etc/apache2/sites-enabled/shop.conf') as unknown },
    })
  })

  it.each(['sites-enabled/notes.conf', 'mods-enabled/wsgi.load'])(
    'one that is broken in %s is repaired by the run itself',
    (file) => expect(judge(broken(file))).toBeUndefined(),
  )

  it('what configtest does not see, and Apache would die of, is refused with its place', () => {
    const file = '/etc/apache2/ports.conf'
    const hazards = [{ file, line: 'Listen 8081', why: 'nginx (pid 7) listens there' }]
    expect(judge({ hazards })).toMatchObject({
      code: 'FOREIGN_CONFIG_BROKEN',
      fault: { where: file, evidence: `${file}: Listen 8081: nginx (pid 7) listens there` },
    })
  })

  it('an Apache that was stopped is not started behind the back of whoever stopped it', () => {
    expect(judge({ running: false })).toMatchObject({ code: 'APACHE_STOPPED' })
  })

  it('an answer that is no JSON is an error', () => {
    expect(() => remember(site).judge({ stdout: 'Killed', stderr: '', exitCode: 137 }, undefined)).toThrow(
      expect.objectContaining({ code: 'ANSWER_UNREADABLE' }) as Error,
    )
  })
})

describe('after a reload', () => {
  const judge = (changes: Members, was: Members = {}) => answers(site).judge(edit(after, changes), edit(before, was))
  const what = (changes: Members) => judge(changes)?.fault.what
  const evidence = (changes: Members) => judge(changes)?.fault.evidence
  const daemon = (user: string, title = '(wsgi:notes)') => ({ title, user })
  const { venv } = layoutOf(sampleSite())

  it('an Apache that has ended is told before anything else, with its last words', () => {
    const logged = ['AH00015: Unable to open logs']
    expect(judge({ died: true, status: 0, logged })).toMatchObject({
      code: 'APACHE_RELOAD_FAILED',
      fault: { evidence: logged[0] },
    })
  })

  it('a site that answers from its own daemon is proven', () => expect(judge({})).toBeUndefined())

  it('a site that answers with another status is not', () => {
    expect(judge({ status: 500 })?.code).toBe('SITE_NOT_ANSWERING')
    expect(what({ status: 500 })).toContain('http://notes.test/health does not answer as it should: status 500')
  })

  it('a site that does not answer at all is told with the reason', () => {
    expect(what({ status: 0, seen: false, body: 'timeout: timed out' })).toContain(
      'no answer within 20 s: timeout: timed out',
    )
  })

  it('a right status without the text that the answer must hold does not count', () => {
    const asked = { ...site, body: 'all is well' }
    const error = answers(asked).judge(edit(after, { fits: false }), before)
    expect(error?.code).toBe('SITE_NOT_ANSWERING')
    expect(error?.fault.what).toContain('status 200, but the answer does not hold "all is well"')
    expect(askedBy(answers(asked).command(before))['body']).toBe('all is well')
  })

  it('a site that may take long is waited for that long, also by who asks it again after an undo', () => {
    const slow = { ...site, within: 90 }
    const command = answers(slow).command(before)
    expect(askedBy(command)).toMatchObject({ seconds: 90, within: 90 })
    for (const one of [command, remember(slow).command(undefined), answersAsBefore(slow).command(before)]) {
      expect(one.seconds).toBeGreaterThan(180)
    }
  })

  it('a right status from another virtual host does not count', () => {
    expect(judge({ seen: false })?.code).toBe('SITE_ANSWERED_BY_ANOTHER')
    expect(what({ seen: false })).toContain('another virtual host answered for it (status 200)')
  })

  it('an answer without a daemon process does not count', () => {
    expect(judge({ daemons: [] })?.code).toBe('PROCESS_GROUP_WRONG')
    expect(evidence({ daemons: [] })).toContain('process group notes has no process')
  })

  it('a daemon that runs as somebody else does not count', () => {
    expect(evidence({ daemons: [daemon('flask-notes'), daemon('www-data')] })).toContain(
      'process group notes runs as www-data, not as flask-notes',
    )
  })

  it('a daemon that runs another Python does not count', () => {
    expect(evidence({ told: [{ group: 'notes', prefix: '/usr' }] })).toContain(
      `process group notes uses Python /usr, not ${venv}`,
    )
  })

  it('a daemon of before that has loaded the old one in the meantime does no harm', () => {
    const old = { group: 'notes', prefix: '/srv/notes/venvs/old' }
    const now = { group: 'notes', prefix: venv }
    expect(judge({ told: [old, now] })).toBeUndefined()
    expect(evidence({ told: [now, old] })).toContain('uses Python /srv/notes/venvs/old')
  })

  it('a daemon that tells nothing because it was not loaded anew is believed', () => {
    expect(judge({ told: [] })).toBeUndefined()
  })

  it('what another process group tells does not matter', () => {
    expect(judge({ told: [{ group: 'other', prefix: '/usr' }] })).toBeUndefined()
  })

  it('the log that was written since is read for a cause', () => {
    const logged = ['sqlite3.OperationalError: attempt to write a readonly database']
    const error = judge({ status: 500, logged })
    expect(error?.fault.what).toContain('SQLite cannot write its database')
    expect(error?.fault.remedy).toContain('name the file in "sqlite"')
    expect(error?.fault.where).toBe('/var/log/apache2/notes-error.log')
  })

  it('a neighbour that answers differently is worse than our own trouble', () => {
    const php = { port: 80, name: 'php.test', status: 200 }
    const error = judge({ status: 500, sites: [{ ...php, status: 503 }] }, { sites: [php] })
    expect(error).toMatchObject({ code: 'NEIGHBOUR_BROKEN' })
    expect(error?.fault.evidence).toBe('php.test:80 answered 200 before and 503 now (0: no answer)')
  })

  it('a neighbour that is gone counts as broken, and one that was broken before does not', () => {
    const php = { port: 80, name: 'php.test', status: 200 }
    expect(judge({ sites: [] }, { sites: [php] })?.code).toBe('NEIGHBOUR_BROKEN')
    expect(judge({ sites: [php] }, { sites: [{ ...php, status: 0 }] })).toBeUndefined()
  })

  it('it is asked where the logs ended, with a name that nobody else sends', () => {
    const asked = askedBy(answers(site).command(before))
    expect(asked).toMatchObject({ do: 'after', port: 80, name: 'notes.test', path: '/health', address: '127.0.0.1' })
    expect(asked).toMatchObject({ titles: ['(wsgi:notes)'], groups: ['notes'], mounts: [] })
    expect(asked['access']).toBe('/var/log/apache2/notes-access.log')
    expect(asked['marks']).toEqual((JSON.parse(before.stdout) as Members)['marks'])
    expect(asked['agent']).toMatch(/^deploy-flask\/[0-9a-z]{8,}$/)
  })
})

const shopSite = await siteFor({ of: 'shop' })
const wikiSite = await siteFor({ of: 'wiki' })

describe('a site with several applications', () => {
  const shop = liveSite(shopSite, layoutOf(shopSite))
  const { venv } = layoutOf(shopSite)
  const good = {
    ...{
      url: 'http://shop.test:8080/',
      died: false,
      status: 200,
      body: '',
      fits: true,
      seen: true,
      logged: [],
      sites: [],
    },
    told: ['shop', 'shop-admin'].map((group) => ({ group, prefix: venv })),
    daemons: [
      { title: '(wsgi:shop)', user: 'flask-shop' },
      { title: '(wsgi:shop-admin)', user: 'shop-admin' },
    ],
    mounts: [
      { path: '/admin/', status: 401 },
      { path: '/wiki/', status: 200 },
    ],
  }
  const judge = (changes: Members, site = shop) =>
    answers(site).judge({ stdout: JSON.stringify({ ...good, ...changes }), stderr: '', exitCode: 0 }, undefined)

  it('is asked for each of them', () => {
    expect(askedBy(answers(shop).command(undefined))).toMatchObject({
      url: 'http://shop.test:8080/',
      port: 8080,
      mounts: ['/admin/', '/wiki/'],
      titles: ['(wsgi:shop)', '(wsgi:shop-admin)'],
      groups: ['shop', 'shop-admin'],
    })
  })

  it('is proven when none of them answers with an error of the server', () => {
    expect(judge({})).toBeUndefined()
    expect(judge({ mounts: [{ path: '/admin/', status: 404 }] })).toBeUndefined()
  })

  it.each([
    [500, '/admin/: status 500'],
    [0, '/admin/: status 0'],
  ])('is not when one of them answers %s', (status, problem) => {
    const error = judge({ mounts: [{ path: '/admin/', status }, good.mounts[1]] })
    expect(error?.code).toBe('SITE_NOT_ANSWERING')
    expect(error?.fault.what).toContain(problem)
  })

  it('is not when a process group has no process, runs as another account, or has another Python', () => {
    const [first, second] = good.daemons
    expect(
      judge({ daemons: [first] })
        ?.fault.evidence?.split('\n')
        .at(-1),
    ).toBe('process group shop-admin has no process')
    expect(
      judge({ daemons: [first, { ...second, user: 'flask-shop' }] })
        ?.fault.evidence?.split('\n')
        .at(-1),
    ).toBe('process group shop-admin runs as flask-shop, not as shop-admin')
    expect(
      judge({ told: [{ group: 'shop-admin', prefix: '/usr' }] })
        ?.fault.evidence?.split('\n')
        .at(-1),
    ).toBe(`process group shop-admin uses Python /usr, not ${venv}`)
  })

  it('of process groups that show the same name is judged by all of their accounts', () => {
    const web = { ...shop, groups: shop.groups.map((group) => ({ ...group, title: 'web' })) }
    const daemons = good.daemons.map((one) => ({ ...one, title: 'web' }))
    expect(judge({ daemons }, web)).toBeUndefined()
    expect(
      judge({ daemons: daemons.slice(0, 1) }, web)
        ?.fault.evidence?.split('\n')
        .at(-1),
    ).toBe('process group shop-admin has no process')
    expect(judge({ daemons: [...daemons, { title: 'web', user: 'root' }] }, web)?.fault.evidence).toContain(
      'runs as root',
    )
  })

  it('shows who really answered, each group with its account and its Python', () => {
    const [first] = good.daemons
    const evidence = judge({ daemons: [first], told: [{ group: 'shop', prefix: venv }] })?.fault.evidence
    expect(evidence?.split('\n').slice(0, 2)).toEqual([
      `process group shop, user flask-shop, Python ${venv}`,
      'process group shop-admin, user (no process), Python (nothing loaded since)',
    ])
  })

  it('knows a mistake in its own file, and in the accounts of all of its groups', () => {
    const of = (said: string) => isOfSite(said, shop)
    expect(of('AH00526: Syntax error on line 3 of /etc/apache2/sites-enabled/shop.conf:\n')).toBe(true)
    expect(of('AH00543: apache2: bad user name shop-admin\n')).toBe(true)
    expect(of('AH00544: apache2: bad group name flask-shop\n')).toBe(true)
    expect(of('AH00543: apache2: bad user name shop-admin2\n')).toBe(false)
    const other = { ...shop, groups: [{ name: 'shop', user: 'joe', group: 'staff', venv }] }
    expect(isOfSite('AH00544: apache2: bad group name staff\n', other)).toBe(true)
    expect(isOfSite('AH00544: apache2: bad group name joe\n', other)).toBe(false)
  })
})

describe('an application in an existing site', () => {
  const wiki = liveSite(wikiSite, layoutOf(wikiSite))

  it('is asked under the name of that site, below its own URL', () => {
    const asked = askedBy(answers(wiki).command(undefined))
    expect(asked).toMatchObject({ name: 'php.test', path: '/wiki/', own: 'wiki.conf', port: 80 })
  })

  it('has no log of its own to be seen in', () => {
    expect(askedBy(answers(wiki).command(undefined))['access']).toBeNull()
  })
})

it('a site that is bound to an address is asked there', async () => {
  const given = { flags: { addresses: ['[2001:db8::7]', '192.0.2.7'] } }
  const site = await siteFor(given)
  expect(liveSite(site, layoutOf(site)).address).toBe('2001:db8::7')
})

describe('after an undo', () => {
  const judge = (exitCode: number, stderr = '') =>
    answersAsBefore(site).judge({ stdout: '{}', stderr, exitCode }, undefined)

  it('all is well when the host has seen no difference', () => {
    expect(judge(0)).toBeUndefined()
  })

  it('a person is needed when a site does not come back, ours or another', () => {
    const error = judge(1, 'php.test:80 answered 200 before and 500 now (0: no answer)\n')
    expect(error).toMatchObject({ code: 'UNDO_INCOMPLETE', exitCode: 5 })
    expect(error?.fault.evidence).toBe('php.test:80 answered 200 before and 500 now (0: no answer)')
  })
})

interface Asked {
  readonly statuses?: readonly number[]
  readonly mounts?: readonly string[]
  readonly titles?: readonly string[]
  readonly seconds?: number
  readonly within?: number
  readonly body?: string
}

/** Answers with a status and the name that was asked for, unless it does something of its own. */
type Answering = (request: IncomingMessage, count: number, response: ServerResponse) => number | undefined

/** The script as it runs on a host, asking a server of this test, which writes an access log as Apache does. */
const scene = async (statusOf: Answering) => {
  const folder = folderWith({ 'access.log': 'of before\n', 'error.log': 'of before\n', pid: `${process.pid}\n` })
  // this process is the server, as Apache would be
  const script = liveScript.replaceAll('/run/apache2/apache2.pid', join(folder, 'pid'))
  const [access, error] = [join(folder, 'access.log'), join(folder, 'error.log')]
  let count = 0
  const server = createServer((request, response) => {
    count++
    appendFileSync(access, `${request.url} "${request.headers['user-agent']}"\n`)
    const status = statusOf(request, count, response)
    if (status !== undefined) response.writeHead(status).end(`${request.headers.host}`)
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const after = async (asked: Asked = {}) => {
    const whole = {
      ...{ do: 'after', url: 'http://shop.test/', own: 'shop.conf', address: '127.0.0.1', port, name: 'shop.test' },
      ...{ path: '/', statuses: [200], mounts: [], titles: [], groups: ['shop'], agent: 'deploy-flask/test' },
      ...{
        access,
        logs: [error],
        marks: { [access]: 10, [error]: 10 },
        sites: [],
        seconds: 1,
        within: null,
        body: null,
      },
      ...asked,
    }
    const child = spawn('python3', ['-c', script, JSON.stringify(whole)], { stdio: ['ignore', 'pipe', 'inherit'] })
    return JSON.parse(await text(child.stdout)) as Members
  }
  return { after, log: (line: string) => appendFileSync(error, `${line}\n`), access }
}

describe('the script that asks, for real', () => {
  it('is told the answer of the site by its name, and that it is in the log of the site', async () => {
    const { after } = await scene(() => 200)
    expect(await after()).toMatchObject({ status: 200, body: 'shop.test', seen: true, mounts: [], daemons: [] })
  })

  it('asks again until the site is there', async () => {
    const { after } = await scene((_request, count) => (count < 3 ? 503 : 200))
    expect(await after({ seconds: 20 })).toMatchObject({ status: 200 })
  })

  it('tells another status when it stays', async () => {
    const { after } = await scene(() => 500)
    expect(await after()).toMatchObject({ status: 500, seen: true })
  })

  it('wants the text that the answer must hold, however far behind it stands, and asks again until it is there', async () => {
    const { after } = await scene((_request, count, response) => {
      response.end(`${'x'.repeat(100_000)}${count < 3 ? 'starting' : 'ready'}`)
      return undefined
    })
    expect(await after({ seconds: 20, body: 'ready' })).toMatchObject({ status: 200, fits: true })
    const answer = await after({ body: 'ended' })
    expect(answer).toMatchObject({ status: 200, fits: false, seen: true })
    expect(String(answer['body'])).toHaveLength(2000)
  })

  it('waits for a good answer as long as somebody says, and not only for a few more tries', async () => {
    const begun = Date.now()
    const { after } = await scene(() => (Date.now() - begun < 6_000 ? 503 : 200))
    expect(await after({ seconds: 30, within: 30 })).toMatchObject({ status: 200 })
  })

  it('is over in time when the site takes the request and never answers', async () => {
    const { after } = await scene(() => undefined)
    expect(await after({ seconds: 2, within: 2 })).toMatchObject({ status: 0, fits: true, seen: true })
  })

  it('is over in time when the site sends a byte now and then, and never ends', async () => {
    const { after } = await scene((_request, _count, response) => {
      const dripping = setInterval(() => response.write('.'), 200)
      response.on('close', () => clearInterval(dripping))
      return undefined
    })
    const answer = await after({ seconds: 2, within: 2 })
    expect(answer).toMatchObject({ status: 0, body: 'the answer has begun and does not end' })
  })

  it('asks each mount', async () => {
    const { after } = await scene(({ url }) => (url === '/wiki/' ? 500 : 200))
    expect((await after({ mounts: ['/admin/', '/wiki/'] }))['mounts']).toEqual([
      { path: '/admin/', status: 200 },
      { path: '/wiki/', status: 500 },
    ])
  })

  it('reads what the scripts of the site have told since the mark, and nobody else', async () => {
    const { after, log } = await scene(() => 200)
    log('[wsgi:error] deploy-flask: process group shop, Python /srv/shop/venvs/1')
    log('[wsgi:error] deploy-flask: process group other, Python /usr')
    log('[wsgi:error] deploy-flask: process group , Python /usr')
    expect(await after()).toMatchObject({
      told: [{ group: 'shop', prefix: '/srv/shop/venvs/1' }],
      logged: [expect.anything(), expect.anything(), expect.anything()],
    })
  })

  it('waits for a process that Apache is about to start anew', async () => {
    const { after } = await scene(() => 200)
    const asked = after({ titles: ['(wsgi:late-one)'] })
    const late = spawn('bash', ['-c', 'sleep 1; exec -a "(wsgi:late-one)" sleep 60'], { stdio: 'ignore' })
    onTestFinished(() => void late.kill('SIGKILL'))
    expect((await asked)['daemons']).toEqual([{ title: '(wsgi:late-one)', user: expect.any(String) as string }])
  })

  it('does not wait for ever for one that does not come', async () => {
    const { after } = await scene(() => 200)
    expect((await after({ titles: ['(wsgi:never)'] }))['daemons']).toEqual([])
  })
})

describe('of a site with HTTPS', () => {
  const tls = { port: 443, redirect: true, certificate: '/etc/ssl/certs/notes.pem' }
  const secure = { ...site, tls }
  const judge = (fault: Members | null) => answers(secure).judge(edit(after, { tls: fault }), before)

  it('the host is told where it is, and by which certificate it is known', () => {
    const asked = askedBy(answers(secure).command(before))
    expect(asked).toMatchObject({ url: 'http://notes.test/health', tls: { ...tls, url: 'https://notes.test/' } })
    expect(askedBy(remember(secure).command(undefined))).toMatchObject({ tls: { certificate: tls.certificate } })
  })

  it('an answer with the certificate that is meant is good', () => expect(judge(null)).toBeUndefined())

  it('another certificate is an error that shows both', () => {
    const fault = { why: 'certificate', shown: 'aa', meant: 'bb' }
    expect(judge(fault)).toMatchObject({
      code: 'CERTIFICATE_NOT_SERVED',
      fault: { evidence: expect.stringContaining('shown: SHA-256 aa\nmeant: SHA-256 bb') as unknown },
    })
  })

  it('HTTP that does not lead there is an error', () => {
    expect(judge({ why: 'redirect', shown: 'status 200, Location None', meant: 'https://notes.test/' })).toMatchObject({
      code: 'SITE_NOT_ANSWERING',
      fault: { what: 'HTTP does not lead to https://notes.test/: it answered with status 200, Location None' },
    })
  })
})
