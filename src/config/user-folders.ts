import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

export const homeFolder = (env: Env): string => env['HOME'] ?? homedir()

const usual = { XDG_CACHE_HOME: '.cache', XDG_CONFIG_HOME: '.config', XDG_STATE_HOME: '.local/state' } as const

/** XDG Base Directory Specification: a relative path in the variable counts as none. */
export const userFolder = (env: Env, name: keyof typeof usual): string => {
  const given = env[name]
  return join(given?.startsWith('/') === true ? given : join(homeFolder(env), usual[name]), 'deploy-flask')
}
