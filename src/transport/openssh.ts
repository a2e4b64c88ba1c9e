import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { quote } from '../core/quote.js'
import { OpensshConnection } from './openssh-connection.js'
import { opensshFailure, sshMissing } from './openssh-failure.js'
import { makeFolder, type Folder } from './openssh-folder.js'
import { asOptions, masterArgv, overMaster, startSsh } from './openssh-program.js'
import { Questions } from './openssh-questions.js'
import { Said } from './openssh-said.js'
import { Stopping } from './openssh-stopping.js'
import { sshArgv } from './ssh-config.js'
import { connectFailed } from './ssh-failure.js'
import { expectedKey, type ExpectedKey } from './ssh-host-key.js'
import type { SshHost } from './ssh-host.js'
import { keyUnreadable } from './ssh-keys.js'
import type { LoginOptions } from './ssh-login.js'

/** Logs in with the ssh of this computer: certificates, hardware keys and ProxyCommand are its own matter. */
export const logInByOpenssh =
  (signal: AbortSignal | undefined) =>
  async (before: OpensshConnection | undefined, host: SshHost, options: LoginOptions): Promise<OpensshConnection> => {
    if (options.identityFile !== undefined) await checkKeyFile(options.identityFile)
    // Read here, too: what ssh cannot read is empty to it, and every host new.
    const expected = await expectedKey(host, options.hostKeys)
    const stopping = new Stopping(host, signal)
    const ask = options.ask && stopping.asking(options.ask)
    const questions = ask && new Questions(host, expected.token, ask, stopping.stop)
    const folder = await makeFolder(questions?.answer)
    try {
      const argv = await loginArgv(folder, before, host, expected, options)
      const master = startSsh(argv, ['ignore', 'ignore', 'pipe'], folder)
      stopping.watch(master)
      if (master.stderr === null) throw new TypeError('ssh was started without a pipe')
      const said = new Said(master.stderr)
      await once(master, 'exit').catch((error: unknown) => {
        throw sshMissing(host, String(error))
      })
      if (stopping.why !== undefined) throw stopping.why
      if (master.exitCode !== 0) {
        await said.ended
        throw await opensshFailure({ host, before, expected, said, questions, identityFile: options.identityFile })
      }
      return await attach(host, folder, said, signal)
    } catch (error) {
      await folder.remove()
      throw error
    } finally {
      stopping.end()
    }
  }

const attach = async (
  host: SshHost,
  folder: Folder,
  said: Said,
  signal: AbortSignal | undefined,
): Promise<OpensshConnection> => {
  try {
    return await OpensshConnection.attach(host, folder, said, signal)
  } catch (error) {
    const what = `the connection to ${host.config.hostname} ended as soon as it was there`
    throw connectFailed(host, { code: 'CONNECT_FAILED', what, remedy: 'try again' }, error)
  }
}

const checkKeyFile = async (path: string): Promise<void> => {
  const found = await stat(path).catch((error: unknown) => String(error))
  if (typeof found === 'string') throw keyUnreadable({ path, why: found })
  if (!found.isFile()) throw keyUnreadable({ path, why: 'it is not a key file' })
}

const loginArgv = async (
  folder: Folder,
  before: OpensshConnection | undefined,
  host: SshHost,
  expected: ExpectedKey,
  options: LoginOptions,
): Promise<readonly string[]> => {
  const settings = {
    BatchMode: options.ask === undefined ? 'yes' : 'no',
    StrictHostKeyChecking: checking(expected, options),
    ...(expected.pinned === undefined ? {} : await pinning(folder, expected.pinned)),
    ...(before === undefined ? {} : { ProxyCommand: through(before, host) }),
  }
  const { identityFile } = options
  const key = identityFile === undefined ? [] : ['-i', identityFile, ...asOptions({ IdentitiesOnly: 'yes' })]
  const where = [...sshArgv(host.address, host.sshConfigFile), '--', host.address.host]
  return [...masterArgv(folder.control, settings), ...key, ...where]
}

/** As strict as we are: a key is new only where nothing is known of the host, of whatever type. */
const checking = (expected: ExpectedKey, { acceptNewHostKey, ask }: LoginOptions): string => {
  const isNew = expected.pinned === undefined && !expected.known.some(({ marker }) => marker === undefined)
  if (!isNew) return 'yes'
  if (acceptNewHostKey) return 'accept-new'
  return ask === undefined ? 'yes' : 'ask'
}

/** A program that prints the line of known_hosts for a key with one of these fingerprints, and nothing for another. */
const pinning = async (folder: Folder, pinned: readonly string[]): Promise<Readonly<Record<string, string>>> => {
  const script = `case $1 in ${pinned.map(quote).join('|')}) printf '%s %s %s\\n' "$2" "$3" "$4";; esac`
  return {
    KnownHostsCommand: `${await folder.program('pinned', script)} %f %H %t %K`,
    UserKnownHostsFile: '/dev/null',
    GlobalKnownHostsFile: '/dev/null',
  }
}

/** The connection to a jump host carries the one to the host behind it, so that each has its own questions and errors. */
const through = (before: OpensshConnection, { config: { hostname, port } }: SshHost): string => {
  const target = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  const argv = ['ssh', ...overMaster(before.folder.control), '-W', target, '--', 'host']
  // For the shell that ssh starts it with, and for ssh itself, to which % begins a token.
  return argv.map((word) => quote(word).replaceAll('%', '%%')).join(' ')
}
