import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commandText } from '../../../src/core/command-text.js'
import type { Guard } from '../../../src/core/handler.js'
import { absent, edited } from '../edits.js'
import { handlerFor, handlerOf, stateOf, type Given } from '../harness.js'

type Id = Parameters<typeof handlerOf>[0]

const reason = (id: Id, given: Given = {}, changed = false): string | undefined => {
  const handler = handlerOf(id)
  return handler.needed(stateOf(handler.probes, given), changed)
}

const reasonFor = async (id: Id, given: Given, changed = false): Promise<string | undefined> => {
  const handler = await handlerFor(id, given)
  return handler.needed(stateOf(handler.probes, given), changed)
}

const commandsFor = async (id: Id, given: Given) => (await handlerFor(id, given)).run.map(commandText)

const commands = (id: Id) => handlerOf(id).run.map(commandText)

const apache = (changes: Readonly<Record<string, unknown>>): Given => ({ answers: { apache: edited(changes) } })
const so = '/usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi-py36.cpython-36m-x86_64-linux-gnu.so'

describe('no handler is needed', () => {
  const ids = ['apache.configtest', 'apache.restart', 'apache.reload', 'apache.touch'] as const
  it.each(ids)('%s is not, on a converged host', (id) => expect(reason(id)).toBeUndefined())
  it.each(ids)('%s is not, on a host with a site that has everything', async (id) =>
    expect(await reasonFor(id, { of: 'shop' })).toBeUndefined(),
  )
  it.each(ids)('%s is not, on a host with an application in its PHP site', async (id) =>
    expect(await reasonFor(id, { of: 'wiki' })).toBeUndefined(),
  )
  it.each(ids)('%s is not, on a host that serves PHP, unless something changes', (id) =>
    expect(reason(id, { on: 'php' })).toBeUndefined(),
  )
  it.each(ids)('%s is not, on a pristine host, unless something changes', (id) =>
    expect(reason(id, { on: 'pristine' })).toBeUndefined(),
  )
})

describe('a restart', () => {
  it('is needed when the module was replaced under the running Apache, and only then', () => {
    expect(reason('apache.restart', apache({ stale: true }))).toBe(`${so} was replaced under the running Apache`)
    expect(reason('apache.restart', {}, true)).toBeUndefined()
  })

  it('stops and starts Apache, with a script that is newer than all that was loaded', () => {
    expect(commands('apache.restart')).toEqual(['touch -c /srv/notes/wsgi/notes.wsgi', 'systemctl restart apache2'])
  })
})

const late = 9_999_999_999_999_999

/** Of which nothing was recorded. */
const ownScript: Given = {
  of: 'shop',
  flags: {
    ...{ wsgi: undefined, applications: [{ mount: '/', script: 'scripts/hello.wsgi' }], directories: [] },
    ...{ 'process-groups': {}, authentication: undefined, access: [] },
  },
}

const running = (changes: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    ...{ pid: 1, loaded: 1000, module: so, stale: false, cgid: null, newest: { path: '/x', changed: 1 }, daemons: [] },
    ...changes,
  })

const daemon = (title: string, user: string, since = 1) => ({ pid: 7, user, title, since })

describe('a reload', () => {
  const watched = '/etc/apache2/sites-available/notes.conf'

  it('is needed when a step changes the configuration', () => {
    expect(reason('apache.reload', {}, true)).toBe('its configuration changes')
  })

  it('is needed when a run died between change and reload', () => {
    const newer = { loaded: 1000, newest: { path: watched, changed: 1001 } }
    expect(reason('apache.reload', apache(newer))).toBe(`${watched} is newer than what Apache has loaded`)
  })

  it('is needed when change and load fell into the same microsecond', () => {
    const same = { loaded: 1000, newest: { path: watched, changed: 1000 } }
    expect(reason('apache.reload', apache(same))).toBe(`${watched} is newer than what Apache has loaded`)
  })

  it('is needed when Apache has not loaded mod_wsgi at all', () => {
    const never = { loaded: null, newest: { path: watched, changed: 1 } }
    expect(reason('apache.reload', apache(never))).toBe(`${watched} is newer than what Apache has loaded`)
  })

  it('is needed when the daemon runs as somebody else', () => {
    expect(reason('apache.reload', apache({ daemons: [daemon('(wsgi:notes)', 'www-data')] }))).toBe(
      'the daemon runs as www-data',
    )
  })

  it('is needed when the daemon of one process group runs as the account of another', async () => {
    const daemons = [daemon('(wsgi:shop)', 'flask-shop'), daemon('(wsgi:shop-admin)', 'flask-shop')]
    expect(await reasonFor('apache.reload', { of: 'shop', ...apache({ daemons }) })).toBe(
      'the daemon runs as flask-shop',
    )
  })

  it('is not needed when two process groups that show the same run as two accounts', async () => {
    const flags = {
      daemon: { 'display-name': 'web' },
      'process-groups': { jobs: { user: 'joe', 'display-name': 'web' } },
    }
    const answers = (user: string) => ({
      apache: running({ daemons: [daemon('web', 'flask-notes'), daemon('web', user)] }),
    })
    expect(await reasonFor('apache.reload', { flags, answers: answers('joe') })).toBeUndefined()
    expect(await reasonFor('apache.reload', { flags, answers: answers('root') })).toBe('the daemon runs as root')
  })

  it('is needed when the daemon of mod_cgid does not run, where it is used', async () => {
    expect(await reasonFor('apache.reload', { of: 'shop', ...apache({ cgid: false }) })).toBe(
      'the daemon of mod_cgid does not run',
    )
    expect(reason('apache.reload', apache({ cgid: false }))).toBeUndefined()
  })

  it.each([
    ['/etc/apache2/conf-enabled/deploy-flask-listen-8080.conf', { of: 'shop' }],
    ['/etc/apache2/deploy-flask/wiki.conf', { of: 'wiki' }],
  ] as const)('looks whether Apache has read %s', async (path, given) => {
    const { ask } = (await handlerFor('apache.reload', given)).probes['apache'] ?? {}
    expect(ask !== undefined && 'item' in ask && (JSON.parse(ask.item) as unknown)).toEqual([
      'apache',
      [expect.arrayContaining([path]), expect.anything()],
    ])
  })

  it.each(['apache.reload', 'apache.restart'] as const)('(%s) is guarded by configtest and by the paths', (id) => {
    expect(handlerOf(id).guards.map(({ title }) => title)).toEqual([
      'Apache accepts its configuration',
      'every path in the configuration can be used',
    ])
  })

  it('that brings mod_cgid is followed by another, which starts its daemon', async () => {
    expect(await commandsFor('apache.reload', { of: 'shop' })).toEqual([
      'touch -c /srv/shop/wsgi/shop.wsgi /srv/shop/wsgi/shop-admin.wsgi /srv/shop/wsgi/shop-wiki.wsgi',
      'systemctl reload apache2',
      'reload Apache again where the daemon of mod_cgid does not run yet',
    ])
  })

  it('of a site whose scripts are all its own touches none', async () => {
    expect(await commandsFor('apache.reload', ownScript)).toEqual(['systemctl reload apache2'])
  })

  it('of an Apache that does not run is not needed', () => {
    expect(reason('apache.reload', apache({ pid: null, loaded: null }))).toBeUndefined()
  })

  it('is graceful', () => {
    expect(commands('apache.reload')).toEqual(['touch -c /srv/notes/wsgi/notes.wsgi', 'systemctl reload apache2'])
  })

  it('that fails is told with what systemctl said', () => {
    const error = handlerOf('apache.reload').explain?.({ stdout: '', stderr: 'Job for apache2 failed.\n', exitCode: 1 })
    expect(error).toMatchObject({ code: 'APACHE_RELOAD_FAILED', fault: { evidence: 'Job for apache2 failed.' } })
  })
})

describe('a touch', () => {
  const newer = 'the application is newer than what the daemon has loaded'

  it('is needed when the application changes', () => {
    expect(reason('apache.touch', {}, true)).toBe('the application changes')
  })

  it.each(['current', 'settings'])('is needed when %s is newer than the script', (name) => {
    expect(reason('apache.touch', { answers: { [name]: edited({ modified: late }) } })).toBe(newer)
  })

  it('is not needed while there is no script yet', () => {
    expect(reason('apache.touch', { answers: { 'script 0': absent } })).toBeUndefined()
  })

  it('is needed when the application is newer than one of several scripts', async () => {
    const older = { answers: { 'script 2': edited({ modified: 1 }) } }
    expect(await reasonFor('apache.touch', { of: 'shop', ...older })).toBe(newer)
  })

  it('is needed when the application is newer than a process, where scripts come with the code', async () => {
    const daemons = [daemon('(wsgi:shop)', 'flask-shop', 1)]
    expect(await reasonFor('apache.touch', { of: 'shop', ...apache({ daemons }) })).toBe(newer)
    // all scripts of this one are touched, so its processes may be older
    expect(reason('apache.touch', apache({ daemons: [daemon('(wsgi:notes)', 'flask-notes', 1)] }))).toBeUndefined()
  })

  it('is needed for scripts of the code alone, of which none is ours', async () => {
    const runs = (...daemons: readonly ReturnType<typeof daemon>[]): Given => ({
      ...ownScript,
      answers: { apache: running({ daemons }) },
    })
    expect(await reasonFor('apache.touch', runs(daemon('(wsgi:shop)', 'flask-shop', 1)))).toBe(newer)
    expect(await reasonFor('apache.touch', runs(daemon('(wsgi:shop)', 'flask-shop', late)))).toBeUndefined()
    expect(await reasonFor('apache.touch', runs())).toBeUndefined()
  })

  it('disturbs nothing but the daemon', () => {
    expect(commands('apache.touch')).toEqual(['touch -c /srv/notes/wsgi/notes.wsgi'])
    expect(handlerOf('apache.touch').guards).toEqual([])
  })

  it('of a site with scripts in its code starts its processes anew, too', async () => {
    expect(await commandsFor('apache.touch', { of: 'shop' })).toEqual([
      'touch -c /srv/shop/wsgi/shop.wsgi /srv/shop/wsgi/shop-admin.wsgi /srv/shop/wsgi/shop-wiki.wsgi',
      'let the processes of (wsgi:shop), (wsgi:shop-admin) end and start anew',
    ])
  })
})

/** A process that ps shows as this, as the daemons of mod_wsgi show themselves. */
const shownAs = async (title: string, script = 'echo; exec sleep 60'): Promise<ChildProcess> => {
  const child = spawn('sh', ['-c', script], { argv0: title, stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

describe('the end of the processes of a site, for real', () => {
  const renew = async () => {
    const [, command] = (await handlerFor('apache.touch', { of: 'shop' })).run
    const [program, ...args] = command?.argv ?? ['false']
    return spawnSync(program, args, { encoding: 'utf8' })
  }
  const waits = (seconds: number) => `trap 'sleep ${seconds}; exit 0' USR1; echo; while :; do sleep 0.05; done`
  const isThere = ({ pid = 0 }: ChildProcess) => {
    // without a signal: only looks; one that has ended and is not yet waited for shows no command line
    const shown = spawnSync('sh', ['-c', 'tr -d "\\0" <"/proc/$1/cmdline"', 'sh', String(pid)], { encoding: 'utf8' })
    return shown.status === 0 && shown.stdout !== ''
  }

  it('reaches those of its process groups, and nobody whose name only begins alike', async () => {
    const ours = [await shownAs('(wsgi:shop)', waits(0)), await shownAs('(wsgi:shop-admin)   ', waits(0))]
    const others = [await shownAs('(wsgi:shop2)', waits(0)), await shownAs('(wsgi:notes)', waits(0))]
    expect(await renew()).toMatchObject({ status: 0, stderr: '' })
    expect(ours.map(isThere)).toEqual([false, false])
    expect(others.map(isThere)).toEqual([true, true])
  })

  it('is waited for, as long as a request keeps one alive', async () => {
    const slow = await shownAs('(wsgi:shop)', waits(1))
    expect(await renew()).toMatchObject({ status: 0, stderr: '' })
    expect(isThere(slow)).toBe(false)
  })

  it('is no error where there are none', async () => {
    expect(await renew()).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })
})

describe('the test of the configuration', () => {
  const [guard] = handlerOf('apache.configtest').guards as readonly [Guard]
  const judge = (stderr: string, exitCode: number) => guard.judge({ stdout: '', stderr, exitCode }, undefined)

  it('is asked of apache2ctl, without acting', () => {
    expect(commandText(guard.command(undefined))).toBe('apache2ctl configtest')
    expect(handlerOf('apache.configtest').run).toEqual([])
    expect(reason('apache.configtest', {}, true)).toBe('a module changes')
  })

  it('is passed by Syntax OK, with the usual warning about the server name', () => {
    const warning = "AH00558: apache2: Could not reliably determine the server's fully qualified domain name\n"
    expect(judge(`${warning}Syntax OK\n`, 0)).toBeUndefined()
  })

  it('refuses with the line that Apache names', () => {
    const said = "AH00526: Syntax error on line 7 of /etc/apache2/sites-enabled/wiki.conf:\nInvalid command 'X'\n"
    expect(judge(said, 1)).toMatchObject({
      code: 'APACHE_CONFIG_BROKEN',
      fault: { where: 'line 7 of /etc/apache2/sites-enabled/wiki.conf', evidence: said.trim() },
    })
  })

  it("leaves a mistake in the site's own file to the phase that repairs it, and to its gate", () => {
    const said = "AH00526: Syntax error on line 7 of /etc/apache2/sites-enabled/notes.conf:\nInvalid command 'X'\n"
    expect(judge(said, 1)).toBeUndefined()
  })

  it('refuses a second mod_wsgi, which Apache calls a warning', () => {
    const said = 'AH01574: module wsgi_module is already loaded, skipping\nSyntax OK\n'
    expect(judge(said, 0)).toMatchObject({ code: 'APACHE_CONFIG_BROKEN', fault: { where: '/etc/apache2' } })
  })
})
