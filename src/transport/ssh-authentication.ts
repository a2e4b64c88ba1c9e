import type { AnyAuthMethod, AuthenticationType, BaseAgent, ParsedKey } from 'ssh2'
import type { Ask } from './ask.js'
import { fingerprint } from './known-hosts.js'
import { agentWith, listAgentKeys } from './ssh-agent.js'
import type { SshHost } from './ssh-host.js'
import { keyUnreadable, loadKeyFile, unlock, type BadKeyFile, type KeyFile } from './ssh-keys.js'
import type { Ssh2 } from './ssh-library.js'
import type { LastKey } from './ssh-logins.js'

/** sshd hangs up at the sixth failure (MaxAuthTries), and a password must still have its try. */
const mostKeys = 5
const mostPasswords = 3

/** A key that an agent signs with. */
interface AgentKey {
  readonly agent: BaseAgent
  readonly key: ParsedKey
}

/** Everything that can be shown to a host as proof, gathered before it is spoken to. */
export interface Credentials {
  /** In the order in which they are tried. */
  readonly keys: readonly (AgentKey | KeyFile)[]
  /** For the error when nothing of it is accepted. */
  readonly notes: readonly string[]
}

const isUsable = (file: KeyFile | BadKeyFile | undefined): file is KeyFile => file !== undefined && 'pem' in file
const isBad = (file: KeyFile | BadKeyFile | undefined): file is BadKeyFile => file !== undefined && 'why' in file

/**
 * The key that logged in last, where it is offered and asks nobody; then in the order of ssh: agent keys that ssh_config
 * names, other agent keys, key files that the agent does not hold.
 */
export const gatherCredentials = async (
  ssh2: Ssh2,
  host: SshHost,
  { identityFile, last }: { readonly identityFile?: string; readonly last?: LastKey },
): Promise<Credentials> => {
  const { config } = host
  const paths = identityFile === undefined ? config.identityFiles : [identityFile]
  const [found, loaded] = await Promise.all([
    config.identityAgent === undefined ? undefined : listAgentKeys(ssh2, config.identityAgent),
    Promise.all(paths.map((path) => loadKeyFile(ssh2, path))),
  ])
  const notes = loaded.filter(isBad).map((file) => `${file.path}: ${file.why}`)
  if (identityFile !== undefined && !loaded.some(isUsable)) {
    throw keyUnreadable(loaded.find(isBad) ?? { path: identityFile, why: 'there is no such file' })
  }
  const files = loaded.filter(isUsable)
  if (found === undefined || found instanceof Error) {
    const note = found === undefined ? 'no ssh-agent' : `ssh-agent: ${found.message}`
    return { keys: lastFirst(files, last).slice(0, mostKeys), notes: [note, ...notes] }
  }
  const place = (key: ParsedKey): number => {
    const at = files.findIndex((file) => file.public?.equals(key.getPublicSSH()))
    return at < 0 ? files.length : at
  }
  const only = config.identitiesOnly || identityFile !== undefined
  const wanted = found.keys
    .filter((key) => !only || place(key) < files.length)
    .sort((one, other) => place(one) - place(other))
  const rest = files.filter((file) => !wanted.some((key) => file.public?.equals(key.getPublicSSH())))
  if (wanted.length > mostKeys) {
    notes.push(`ssh-agent: ${wanted.length} keys, of which the first ${mostKeys} were tried (IdentitiesOnly chooses)`)
  }
  const all = [...wanted.map((key) => ({ agent: found.agent, key })), ...rest]
  return {
    keys: lastFirst(all, last).slice(0, mostKeys),
    notes: found.keys.length === 0 ? ['ssh-agent: no keys', ...notes] : notes,
  }
}

/** A key file with a passphrase keeps its place: another key may do without asking anybody. */
const lastFirst = <K extends AgentKey | KeyFile>(keys: readonly K[], last: LastKey | undefined): readonly K[] => {
  const first = keys.find(({ key }) => key !== undefined && fingerprint(key.getPublicSSH()) === last?.key)
  return first === undefined ? keys : [first, ...keys.filter((key) => key !== first)]
}

/** What has been tried, and why not more: the evidence of a failed login. */
export interface Attempts {
  readonly tried: string[]
  readonly notes: string[]
  /** Key files with a passphrase that nobody could be asked for. */
  readonly locked: string[]
  /** The account's password must be changed before it lets anybody in. */
  expired: boolean
  /** What the host would have taken, as far as it said so. */
  allowed: readonly string[]
}

/** One method after the other, as the host asks for the next. */
export async function* methods(
  ssh2: Ssh2,
  host: SshHost,
  credentials: Credentials,
  attempts: Attempts,
  ask: Ask | undefined,
): AsyncGenerator<AnyAuthMethod, void> {
  const username = host.config.user
  for (const candidate of credentials.keys) {
    if (!mayUse('publickey', attempts)) break
    if ('agent' in candidate) {
      const { agent, key } = candidate
      attempts.tried.push(`${key.type} ${key.comment} (ssh-agent)`)
      yield { type: 'agent', username, agent: agentWith(ssh2, { agent, keys: [key] }) }
      continue
    }
    const key = candidate.key ?? (await askPassphrase(ssh2, candidate, attempts, ask))
    if (key === undefined) continue
    attempts.tried.push(`${key.type} ${candidate.path}`)
    yield { type: 'publickey', username, key }
  }
  if (ask === undefined) return
  // Without a key to begin with, nothing has told yet what the host takes.
  if (attempts.allowed.length === 0) yield { type: 'none', username }
  for (let round = 0; round < mostPasswords; round++) {
    if (attempts.allowed.includes('password')) {
      const text = `Password of ${username} on ${host.config.hostname}`
      const password = await ask({ about: 'login-password', text, secret: true, account: username })
      if (password === undefined) return
      attempts.tried.push('password')
      yield { type: 'password', username, password }
    } else if (attempts.allowed.includes('keyboard-interactive')) {
      attempts.tried.push('keyboard-interactive')
      yield keyboard(username, host, ask)
    } else return
  }
}

const mayUse = (method: AuthenticationType, attempts: Attempts): boolean =>
  attempts.allowed.length === 0 || attempts.allowed.includes(method)

const askPassphrase = async (
  ssh2: Ssh2,
  file: KeyFile,
  attempts: Attempts,
  ask: Ask | undefined,
): Promise<ParsedKey | undefined> => {
  if (ask === undefined) {
    attempts.notes.push(`${file.path}: it has a passphrase, and nobody can be asked (ssh-add it)`)
    attempts.locked.push(file.path)
    return undefined
  }
  for (let round = 0; round < mostPasswords; round++) {
    const again = round === 0 ? '' : ' (that was not the one)'
    const passphrase = await ask({ about: 'passphrase', text: `Passphrase of ${file.path}${again}`, secret: true })
    if (passphrase === undefined || passphrase === '') break
    const key = unlock(ssh2, file, passphrase)
    if (!(key instanceof Error)) return key
    // ssh2 reads no chacha20-poly1305 key file; asking again would not help.
    if (!/passphrase|integrity|decrypt/i.test(key.message)) {
      attempts.notes.push(`${file.path}: ${key.message}`)
      return undefined
    }
  }
  attempts.notes.push(`${file.path}: it could not be unlocked`)
  return undefined
}

const keyboard = (username: string, host: SshHost, ask: Ask): AnyAuthMethod => ({
  type: 'keyboard-interactive',
  username,
  prompt: (_name, _instructions, _language, prompts, finish) => {
    const answerAll = async (): Promise<string[]> => {
      const answers: string[] = []
      for (const { prompt, echo } of prompts) {
        const text = `${host.target} asks: ${prompt.trim()}`
        answers.push((await ask({ about: 'login-prompt', text, secret: echo !== true })) ?? '')
      }
      return answers
    }
    answerAll().then(finish, () => finish([]))
  },
})
