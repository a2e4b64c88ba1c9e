import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2'
import type { Ssh2 } from './ssh-library.js'

/** What an ssh-agent holds, and the agent itself for signing. */
export interface AgentKeys {
  readonly agent: BaseAgent
  readonly keys: readonly ParsedKey[]
}

/** Asked before the connection, for ssh2 takes an agent that is not there for a failed login. */
export const listAgentKeys = async (ssh2: Ssh2, socket: string): Promise<AgentKeys | Error> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(new Error(`no answer from the agent at ${socket}`)), 5_000)
    const settle = (result: AgentKeys | Error) => {
      clearTimeout(timer)
      resolve(result)
    }
    const agent = ssh2.createAgent(socket)
    agent.getIdentities((error, identities) => {
      if (error) return settle(error)
      // An agent on a socket gives parsed keys; the types allow for others.
      const isParsed = (key: object | string): key is ParsedKey => typeof key === 'object' && 'getPublicSSH' in key
      settle({ agent, keys: (identities ?? []).filter(isParsed) })
    })
  })

/** An agent that shows only these keys, in this order: a server hangs up after a handful of wrong ones. */
export const agentWith = (ssh2: Ssh2, { agent, keys }: AgentKeys): BaseAgent => {
  class ChosenKeys extends ssh2.BaseAgent<ParsedKey> {
    override getIdentities(callback: (error?: Error | null, keys?: ParsedKey[]) => void): void {
      callback(null, [...keys])
    }

    override sign(
      key: ParsedKey,
      data: Buffer,
      options: SigningRequestOptions | SignCallback,
      callback?: SignCallback,
    ) {
      if (typeof options === 'function') agent.sign(key, data, options)
      else agent.sign(key, data, options, callback)
    }
  }
  return new ChosenKeys()
}
