import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Guest } from '../../vagrant/guest.js'

export interface Page {
  readonly status: number
  readonly body: string
}

/** Asks a guest for a page of one of its sites, over a connection of its own. */
export const ask = (guest: Guest, serverName: string, path = '/'): Promise<Page> =>
  new Promise((resolve, reject) => {
    const options = { host: guest.host, path, headers: { Host: serverName }, agent: false, timeout: 5_000 }
    const request = get(options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (body += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error('no answer within 5 s')))
    request.on('error', reject)
  })

export interface Probed {
  readonly asked: number
  /** What was not the known page, in the order of asking. */
  readonly failures: readonly string[]
}

/** A visitor who asks for the page ten times a second, whatever became of the request before. */
export const startVisitor = (guest: Guest, serverName: string, known: Page): { stop(): Promise<Probed> } => {
  const visits: Promise<string | undefined>[] = []
  const visit = async (): Promise<string | undefined> => {
    try {
      const { status, body } = await ask(guest, serverName)
      return status === known.status && body === known.body ? undefined : `${status}: ${body}`
    } catch (problem) {
      return String(problem)
    }
  }
  const timer = setInterval(() => visits.push(visit()), 100)
  return {
    stop: async () => {
      // What happens just after the end belongs to it.
      await sleep(1_000)
      clearInterval(timer)
      const answers = await Promise.all(visits)
      return { asked: answers.length, failures: answers.filter((answer) => answer !== undefined) }
    },
  }
}
