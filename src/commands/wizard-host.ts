import { flagsFile } from '../config/schema.js'
import { overlaid, type Override } from '../config/overrides.js'
import { DeployError } from '../errors.js'
import { errorText } from '../render/error.js'
import type { Ask } from '../transport/ask.js'
import type { Transport } from '../transport/transport.js'
import type { Neighbours } from '../wizard/neighbours.js'
import type { Session } from './session.js'

/** Enough of a flags file to say how to reach a host. */
const around = { version: 1, site: 'site', 'server-name': 'site', code: { folder: '.' }, wsgi: 'site:app' }

/** The connection that the wizard looks through, and that the run goes on with. */
export class WizardHost {
  readonly #session: Session
  readonly #overrides: readonly Override[]
  #open: { readonly transport: Transport; readonly host: string } | undefined
  /** Somebody typed a password for sudo: without a terminal it has to come from somewhere else. */
  sudoAsked = false

  constructor(session: Session, overrides: readonly Override[]) {
    this.#session = session
    this.#overrides = overrides
  }

  async transport(host: string): Promise<Transport> {
    if (this.#open?.host === host) return this.#open.transport
    await this.close()
    const { services, io, options } = this.#session
    const flags = flagsFile.parse(overlaid({ ...around, host }, this.#overrides))
    const connection = await services.resolveConnection(flags, { directory: io.cwd, env: io.env })
    const ask: Ask = (question) => {
      if (question.about === 'sudo-password') this.sudoAsked = true
      return services.ask(question)
    }
    const transport = await services.connect(
      { ...connection, acceptNewHostKey: options.acceptNewHostKey === true },
      ask,
      new AbortController().signal,
    )
    this.#open = { transport, host }
    return transport
  }

  async lookAround(host: string): Promise<Neighbours> {
    return this.#session.services.lookAround(await this.transport(host))
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.transport.close()
  }

  /** Of a host that cannot be reached another one is asked for; what else goes wrong ends the wizard. */
  readonly shownError = (error: unknown): string | undefined =>
    error instanceof DeployError && [1, 2, 4].includes(error.exitCode)
      ? `${errorText(error, this.#session.colours.progress)}\n`
      : undefined
}
