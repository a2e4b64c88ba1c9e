import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { DeployError } from '../errors.js'
import { quote } from '../core/quote.js'
import { Deadline } from './deadline.js'
import { OpensshConnection } from './openssh-connection.js'
import { openssh as failureOf, sshMissing } from './openssh-failure.js'
import { makeFolder, type Folder } from './openssh-folder.js'
import { asOptions, masterArgv, overMaster, startSsh } from './openssh-program.js'
import { answerFor } from './openssh-questions.js'
import { Said } from './openssh-said.js'
import { sshArgv } from './ssh-config.js'
import { connectFailed, timedOut } from './ssh-failure.js'
import { expectedKey, type ExpectedKey } from './ssh-host-key.js'
import type { SshHost } from './ssh-host.js'
import { keyUnreadable } from './ssh-keys.js'
import type { LoginOptions } from './ssh-login.js'

/** Twenty for the connection, as many for the login. */
const readySeconds = 40

/** Prints the line of known_hosts for a key with one of these fingerprints, and nothing for another. */
const pinning = async (folder: Folder, pinned: readonly string[]): Promise<Readonly<Record<string, string>>> => {
  const script = `case $1 in ${pinned.map(quote).join('|')}) printf '%s %s %s\\n' "$2" "$3" "$4";; esac`
  return {
    KnownHostsCommand: `${await folder.program('pinned', script)} %f %H %t %K`,
    UserKnownHostsFile: '/dev/null',
    GlobalKnownHostsFile: '/dev/null',
  }
}

/** As strict as we are: a key is new only where nothing is known of the host, of whatever type. */
const checking = (expected: ExpectedKey, { acceptNewHostKey, ask }: LoginOptions): string => {
  const isNew = expected.pinned === undefined && !expected.known.some(({ marker }) => marker === undefined)
  if (!isNew) return 'yes'
  if (acceptNewHostKey) return 'accept-new'
  return ask === undefined ? 'yes' : 'ask'
}

/** The connection to a jump host carries the one to the host behind it, so that each has its own questions and errors. */
const throughJump = (before: OpensshConnection, { config: { hostname, port } }: SshHost): string => {
  const target = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`
  const argv = ['ssh', ...overMaster(before.folder.control), '-W', target, '--', 'host']
  return argv.map((word) => quote(word).replaceAll('%', '%%')).join(' ')
}

const checkKeyFile = async (path: string): Promise<void> => {
  const found = await stat(path).catch((error: unknown) => String(error))
  if (typeof found === 'string') throw keyUnreadable({ path, why: found })
  if (!found.isFile()) throw keyUnreadable({ path, why: 'it is not a key file' })
}

/** Logs in with the ssh of this computer: certificates, hardware keys and ProxyCommand are its own matter. */
export const logInByOpenssh =
  (signal: AbortSignal | undefined) =>
  async (before: OpensshConnection | undefined, host: SshHost, options: LoginOptions): Promise<OpensshConnection> => {
    const { identityFile, hostKeys, ask } = options
    if (identityFile !== undefined) await checkKeyFile(identityFile)
    // Read here, too: what ssh cannot read is empty to it, and every host new.
    const expected = await expectedKey(host, hostKeys)
    let stopped: DeployError | undefined
    let expired = false
    let stop = (): void => undefined
    const deadline = new Deadline(readySeconds * 1_000, () => {
      stopped = timedOut(host, new Error(`no session within ${readySeconds} seconds`))
      stop()
    })
    const asking: typeof ask =
      ask &&
      (async (question) => {
        try {
          return await deadline.pausedFor(ask(question))
        } catch (error) {
          if (error instanceof DeployError) stopped = error
          stop()
          throw error
        }
      })
    const onExpired = (): void => {
      expired = true
      stop()
    }
    const folder = await makeFolder(asking && answerFor(host, expected.token, asking, onExpired))
    try {
      const settings = {
        BatchMode: ask === undefined ? 'yes' : 'no',
        StrictHostKeyChecking: checking(expected, options),
        ...(hostKeys === undefined ? {} : await pinning(folder, hostKeys)),
        ...(before === undefined ? {} : { ProxyCommand: throughJump(before, host) }),
      }
      const key = identityFile === undefined ? [] : ['-i', identityFile, ...asOptions({ IdentitiesOnly: 'yes' })]
      const argv = [...masterArgv(folder.control, settings), ...key, ...sshArgv(host.address, host.sshConfigFile)]
      const master = startSsh([...argv, '--', host.address.host], ['ignore', 'ignore', 'pipe'], folder)
      stop = () => void master.kill()
      if (master.stderr === null) throw new TypeError('ssh was started without pipes')
      const said = new Said(master.stderr)
      signal?.addEventListener('abort', stop)
      await once(master, 'exit').catch((error: unknown) => {
        throw sshMissing(String(error))
      })
      signal?.removeEventListener('abort', stop)
      if (stopped !== undefined) throw stopped
      if (master.exitCode !== 0) {
        await said.ended
        const { host: jump } = before ?? {}
        const asked = ask !== undefined
        throw await failureOf({ host, before: jump, expected, said, asked, identityFile, expired })
      }
      const connection = await OpensshConnection.attach(host, folder, said).catch((error: unknown) => {
        throw connectFailed(
          host,
          { code: 'CONNECT_FAILED', what: 'ssh has logged in and ended', remedy: 'try again' },
          error,
        )
      })
      signal?.addEventListener('abort', () => void connection.close())
      return connection
    } catch (error) {
      await folder.remove()
      throw error
    } finally {
      deadline.cancel()
    }
  }
