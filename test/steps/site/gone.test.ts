import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { liveSite } from '../../../playbooks/flask-site-parts.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { liveScript } from '../../../src/steps/site/live-script.js'
import { isGone } from '../../../src/steps/site/live.js'
import { folderWith } from '../../config/folders.js'
import { sampleSite } from '../../fixtures/site.js'

const site = liveSite(sampleSite(), layoutOf(sampleSite()))
const php = { port: 80, name: 'php.test' }

const said = (answer: object) => ({ stdout: JSON.stringify(answer), stderr: '', exitCode: 0 })

const before = (sites: readonly object[]) =>
  said({ installed: true, running: true, configtest: 0, said: '', hazards: [], sites, self: 200, marks: { a: 7 } })

const away = { died: false, status: 404, seen: false, logged: [], left: [], sites: [{ ...php, status: 200 }] }

const judge = (after: object, host?: string, name = 'php.test') =>
  isGone({ ...site, serverName: host === undefined ? site.serverName : name }, ['(wsgi:notes)'], host).judge(
    said({ ...away, ...after }),
    before([{ ...php, status: 200 }]),
  )

describe('a site that was removed', () => {
  it('is gone when another virtual host answers in its place, or nobody', () => {
    expect(judge({})).toBeUndefined()
    expect(judge({ status: 0 })).toBeUndefined()
  })

  it('is not while its own log sees requests, or its processes run', () => {
    expect(judge({ seen: true, status: 200 })).toMatchObject({ code: 'SITE_STILL_THERE' })
    expect(judge({ left: [{ title: '(wsgi:notes)', user: 'flask-notes' }] })?.fault.what).toBe(
      'processes of notes.test have not ended: (wsgi:notes)',
    )
  })

  it('is not gone well when another site suffers, or Apache has ended', () => {
    expect(judge({ sites: [{ ...php, status: 500 }] })).toMatchObject({ code: 'NEIGHBOUR_BROKEN' })
    expect(judge({ died: true })).toMatchObject({ code: 'APACHE_RELOAD_FAILED' })
  })

  it('leaves to the site that it was mounted in what that answers in its place, but no error', () => {
    const file = '/etc/apache2/sites-available/php.conf'
    expect(judge({ sites: [{ ...php, status: 403 }] }, file)).toBeUndefined()
    for (const status of [0, 503]) {
      expect(judge({ sites: [{ ...php, status }] }, file)).toMatchObject({ code: 'NEIGHBOUR_BROKEN' })
    }
    expect(judge({ sites: [{ ...php, status: 403 }] }, file, 'other.test')).toMatchObject({ code: 'NEIGHBOUR_BROKEN' })
  })
})

/** The script as it runs on a host, asking a server of this test that logs as Apache does. */
const look = async (titles: readonly string[], logs: boolean) => {
  const access = join(folderWith({ 'access.log': 'of before\n' }), 'access.log')
  const server = createServer((request, response) => {
    if (logs) appendFileSync(access, `"${request.headers['user-agent']}"\n`)
    response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const asked = {
    ...{ do: 'gone', own: 'shop.conf', address: '127.0.0.1', port, name: 'shop.test', path: '/', titles },
    ...{ agent: 'deploy-flask/test', access, logs: [access], marks: { [access]: 10 }, sites: [], seconds: 2 },
  }
  const child = spawn('python3', ['-c', liveScript, JSON.stringify(asked)], { stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(await text(child.stdout)) as unknown
}

const runningAs = (title: string, seconds: number): void => {
  const child = spawn('bash', ['-c', `exec -a "${title}" sleep ${seconds}`], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
}

describe('the script that looks whether a site is gone, for real', () => {
  it('sees by the log of the site who has answered', async () => {
    expect(await look([], true)).toMatchObject({ status: 404, seen: true, left: [] })
    expect(await look([], false)).toMatchObject({ status: 404, seen: false, left: [] })
  })

  it('waits for processes that are about to end, and names those that do not', async () => {
    runningAs('(wsgi:ending)', 1)
    expect(await look(['(wsgi:ending)'], false)).toMatchObject({ left: [] })
    runningAs('(wsgi:staying)', 60)
    expect(await look(['(wsgi:staying)'], false)).toMatchObject({ left: [{ title: '(wsgi:staying)' }] })
  })
})
