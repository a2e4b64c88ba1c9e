import { get } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { openBoard, type Board } from '../../../src/queue/board.js'
import { useRedis } from '../../helpers/redis.js'
import { changed, FakeRunner, recordOf, refused, Scene } from './crew.js'

const redis = useRedis()
const scene = new Scene(redis)
let board: Board | undefined
afterEach(async () => {
  await board?.close()
  await scene.end()
})

/** fetch does not let anybody set the name that is asked for. */
const askedAs = async (host: string, url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
  })

describe('the board', () => {
  it('shows the hosts of a run, on loopback, and only shows', async () => {
    const hosts = ['web01', 'web02']
    await scene.worker(new FakeRunner((host) => (host === 'web02' ? refused(host) : changed(host))), hosts)
    const record = recordOf(hosts)
    await scene.give(record)
    await scene.follow(record)
    board = await openBoard({ ...(await scene.line()), address: '127.0.0.1', port: 0 })
    const { url } = board
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)

    const page = await fetch(url)
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).toContain('deploy-flask')
    // the page asks for fonts from elsewhere, which no browser is to fetch
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
    expect(page.headers.get('content-security-policy')).not.toContain('http')
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? ''
    expect((await fetch(new URL(script, url))).status).toBe(200)

    const queue = `hosts-${record.id}`
    const answer = await fetch(`${url}api/queues?activeQueue=${queue}&status=failed&page=1&jobsPerPage=10`)
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(text).toContain('STEP_FAILED: it was refused')
    expect(text).toContain('"readOnlyMode":true')

    const put = await fetch(`${url}api/queues/${queue}/retry/failed`, { method: 'PUT' })
    expect(put.status).toBe(405)
    // a page of somebody else's, whose name leads to loopback all of a sudden
    expect(await askedAs('evil.example.com', url)).toBe(403)
  })
})
