import type { LoadedFlags } from '../config/load.js'
import type { Transport } from '../transport/transport.js'
import { Dialling } from './dialling.js'
import { logIn } from './look.js'
import type { CommonOptions } from './options.js'
import type { Session } from './session.js'
import { givenSettings, loadSettings } from './settings.js'

/** A host and the site that a flags file has there, for what needs neither its code nor its secrets. */
export interface Connected {
  readonly transport: Transport
  readonly site: string
  /** Path of the flags file, when there is one. */
  readonly file: string | undefined
  /** Everything that it says, and what is stronger. */
  readonly loaded: LoadedFlags
}

/** Logs in to the host of the flags file; the connection never outlives the work. */
export const connected = async <T>(
  session: Session,
  options: CommonOptions,
  work: (connected: Connected) => Promise<T>,
): Promise<T> => {
  const { services, io } = session
  const dialling = new Dialling(session)
  try {
    const wanted = { file: options.file, overrides: await givenSettings(session) }
    const loaded = await loadSettings(session, wanted, dialling.approach)
    const { flags, directory } = loaded
    const connection = await services.resolveConnection(flags, { directory, env: io.env })
    const acceptNewHostKey = connection.acceptNewHostKey || options.acceptNewHostKey === true
    dialling.begin({ ...connection, acceptNewHostKey })
    return await work({ transport: await logIn(session, dialling), site: flags.site, file: options.file, loaded })
  } finally {
    await dialling.end()
  }
}
