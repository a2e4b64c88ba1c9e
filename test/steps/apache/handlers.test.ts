import { describe, expect, it } from 'vitest'
import { commandText } from '../../../src/core/command-text.js'
import type { Guard } from '../../../src/core/handler.js'
import { absent, edited } from '../edits.js'
import { handlerOf, stateOf, type Given } from '../harness.js'

type Id = Parameters<typeof handlerOf>[0]

const reason = (id: Id, given: Given = {}, changed = false): string | undefined => {
  const handler = handlerOf(id)
  return handler.needed(stateOf(handler.probes, given), changed)
}

const commands = (id: Id) => handlerOf(id).run.map(commandText)

const apache = (changes: Readonly<Record<string, unknown>>): Given => ({ answers: { apache: edited(changes) } })
const so = '/usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi-py36.cpython-36m-x86_64-linux-gnu.so'

describe('no handler is needed', () => {
  const ids = ['apache.configtest', 'apache.restart', 'apache.reload', 'apache.touch'] as const
  it.each(ids)('%s is not, on a converged host', (id) => expect(reason(id)).toBeUndefined())
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
    expect(reason('apache.reload', apache({ daemons: [{ pid: 7, user: 'www-data' }] }))).toBe(
      'the daemon runs as www-data',
    )
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
  it('is needed when the application changes', () => {
    expect(reason('apache.touch', {}, true)).toBe('the application changes')
  })

  it.each(['current', 'settings'])('is needed when %s is newer than the script', (name) => {
    expect(reason('apache.touch', { answers: { [name]: edited({ modified: 9_999_999_999_999_999 }) } })).toBe(
      'the application is newer than what the daemon has loaded',
    )
  })

  it('is not needed while there is no script yet', () => {
    expect(reason('apache.touch', { answers: { script: absent } })).toBeUndefined()
  })

  it('disturbs nothing but the daemon', () => {
    expect(commands('apache.touch')).toEqual(['touch -c /srv/notes/wsgi/notes.wsgi'])
    expect(handlerOf('apache.touch').guards).toEqual([])
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
