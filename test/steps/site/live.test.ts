import { describe, expect, it } from 'vitest'
import { liveSite } from '../../../playbooks/flask-site-parts.js'
import type { Answer } from '../../../src/core/command.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { answers, answersAsBefore, remember } from '../../../src/steps/site/live.js'
import { recordedHost } from '../../fixtures/recorded-host.js'
import { sampleSite } from '../../fixtures/site.js'

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

  it('an Apache that was stopped is not started behind the back of whoever stopped it', () => {
    expect(judge({ running: false })).toMatchObject({ code: 'HOST_UNFIT' })
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

  it('a site that answers from its own daemon is proven', () => expect(judge({})).toBeUndefined())

  it('a site that answers with another status is not', () => {
    expect(judge({ status: 500 })?.code).toBe('SITE_NOT_ANSWERING')
    expect(what({ status: 500 })).toContain('http://notes.test/health does not answer as it should: status 500')
  })

  it('a site that does not answer at all is told with the reason', () => {
    expect(what({ status: 0, seen: false, body: 'timeout: timed out' })).toContain('no answer: timeout: timed out')
  })

  it('a right status from another virtual host does not count', () => {
    expect(what({ seen: false })).toContain('another virtual host answered for it (status 200)')
  })

  it('an answer without a daemon process does not count', () => {
    expect(judge({ daemons: [] })?.fault.evidence).toContain('user (no daemon process)')
  })

  it('a daemon that runs as somebody else does not count', () => {
    expect(judge({ daemons: ['flask-notes', 'www-data'] })?.fault.evidence).toContain('user flask-notes, www-data')
  })

  it('a daemon that runs another Python does not count', () => {
    expect(judge({ prefix: '/usr' })?.fault.evidence).toContain('Python /usr')
  })

  it('a daemon that tells nothing because it was not loaded anew is believed', () => {
    expect(judge({ prefix: null, group: null })).toBeUndefined()
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
    expect(asked).toMatchObject({ do: 'after', port: 80, name: 'notes.test', path: '/health', group: 'notes' })
    expect(asked['marks']).toEqual((JSON.parse(before.stdout) as Members)['marks'])
    expect(asked['agent']).toMatch(/^deploy-flask\/[0-9a-z]{8,}$/)
  })
})

describe('after an undo', () => {
  const php = { port: 80, name: 'php.test', status: 200 }
  const judge = (was: Members, is: Members) =>
    answersAsBefore(site).judge({ stdout: JSON.stringify(is), stderr: '', exitCode: 0 }, edit(before, was))

  it('all is well when every site answers as before, ours included', () => {
    expect(judge({ sites: [php], self: 200 }, { sites: [php], self: 200 })).toBeUndefined()
    expect(judge({ sites: [php], self: null }, { sites: [php], self: null })).toBeUndefined()
  })

  it('a person is needed when our own site does not come back', () => {
    const error = judge({ sites: [php], self: 200 }, { sites: [php], self: 500 })
    expect(error).toMatchObject({ code: 'UNDO_INCOMPLETE', exitCode: 5 })
    expect(error?.fault.evidence).toBe('notes.test:80 answered 200 before and 500 now (0: no answer)')
  })

  it('a person is needed when a neighbour does not come back', () => {
    expect(judge({ sites: [php] }, { sites: [], self: 200 })?.fault.what).toContain('php.test')
  })
})
