import type { Guest } from '../../vagrant/guest.js'
import { ask, type Page } from './http.js'

/** A visitor with cookies, who fills in forms as they are: with the hidden token that stands in them. */
export class Browser {
  #cookie = ''

  constructor(readonly guest: Guest) {}

  async get(path: string): Promise<Page> {
    return this.#keep(await ask(this.guest, path, { headers: this.#headers }))
  }

  /** Loads the page, sends its form, and answers the page that the visitor is led to. */
  async submit(path: string, fields: Readonly<Record<string, string>>, formOn = path): Promise<Page> {
    const { body } = await this.get(formOn)
    const token = /name="csrf_token" value="([^"]+)"/.exec(body)?.[1]
    if (token === undefined) throw new Error(`${formOn} has no form:\n${body}`)
    const form = { ...fields, csrf_token: token }
    const answer = this.#keep(await ask(this.guest, path, { headers: this.#headers, form }))
    const { location } = answer.headers
    return location === undefined ? answer : this.get(new URL(location, 'http://notes.test').pathname)
  }

  get #headers(): Readonly<Record<string, string>> {
    return this.#cookie === '' ? {} : { cookie: this.#cookie }
  }

  #keep(page: Page): Page {
    const cookie = page.headers['set-cookie']?.[0]?.split(';')[0]
    if (cookie !== undefined) this.#cookie = cookie
    return page
  }
}
