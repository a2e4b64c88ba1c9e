import { flagsFile } from '../config/schema.js'
import { overlaid, type Override } from '../config/overrides.js'
import { DeployError } from '../errors.js'
import { errorText } from '../render/error.js'
import type { Ask } from '../transport/ask.js'
import type { Transport } from '../transport/transport.js'
import type { Neighbours } from '../wizard/neighbours.js'
import { Dialling } from './dialling.js'
import { logIn } from './look.js'
import type { Session } from './session.js'

/** Enough of a flags file to say how to reach a host. */
const around = { version: 1, site: 'site', 'server-name': 'site', code: { folder: '.' }, wsgi: 'site:app' }

/** The connection that the wizard looks through, and that the run goes on with. */
export class WizardHost {
  readonly #session: Session
  readonly #overrides: readonly Override[]
  #open: { readonly dialling: Dialling; readonly transport: Transport; readonly host: string } | undefined
  /** Somebody typed a password for sudo: without a terminal it has to come from somewhere else. */
  sudoAsked = false

  constructor(session: Session, overrides: readonly Override[]) {
    this.#overrides = overrides
    const ask: Ask = (question) => {
      if (question.about === 'sudo-password') this.sudoAsked = true
      return session.services.ask(question)
    }
    this.#session = { ...session, services: { ...session.services, ask } }
  }

  async transport(host: string): Promise<Transport> {
    if (this.#open?.host === host) return this.#open.transport
    await this.close()
    const { services, io, options } = this.#session
    const flags = flagsFile.parse(overlaid({ ...around, host }, this.#overrides))
    const connection = await services.resolveConnection(flags, { directory: io.cwd, env: io.env })
    const dialling = new Dialling(this.#session)
    dialling.begin({ ...connection, acceptNewHostKey: options.acceptNewHostKey === true })
    try {
      const transport = await logIn(this.#session, dialling)
      this.#open = { dialling, transport, host }
      return transport
    } catch (error) {
      await dialling.end()
      throw error
    }
  }

  async lookAround(host: string): Promise<Neighbours> {
    return this.#session.services.lookAround(await this.transport(host))
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.dialling.end()
  }

  /** Of a host that cannot be reached another one is asked for; what else goes wrong ends the wizard. */
  readonly shownError = (error: unknown): string | undefined => {
    if (!(error instanceof DeployError) || ![1, 2, 4].includes(error.exitCode)) return undefined
    return goingOn(this.#session, [error])
  }
}

/** After a failure that another answer can put right: whoever shows what was going on ends it, and the text says why. */
export const goingOn = (session: Session, errors: readonly DeployError[]): string => {
  session.failed(errors, undefined)
  return `${errors.map((error) => errorText(error, session.colours.progress)).join('\n')}\n`
}
