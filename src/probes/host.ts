import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { fact } from './facts.js'

const host = z.object({
  id: z.string().max(64),
  version: z.string().max(64),
  name: z.string().max(256),
  machine: z.string().max(64),
  machineId: z.string().max(64),
  systemd: z.boolean(),
  python: z.string().regex(/^\d+\.\d+$/),
  free: z.array(z.object({ path: z.string(), bytes: z.number(), readOnly: z.boolean() })),
})

export type Host = z.output<typeof host>

/**
 * Release (os-release(5)), architecture, init system and Python of the host, and the free bytes where paths would lie.
 *
 * @param paths absolute; they need not be there
 */
export const hostFacts = (paths: readonly string[]): Probe<Host> => fact('host', [paths], host)

/**
 * Names of the programs that listen on a TCP port.
 *
 * @param port TCP port
 */
export const listeners = (port: number): Probe<readonly string[]> => fact('listeners', [port], z.array(z.string()))

const account = z
  .object({ uid: z.number(), gid: z.number(), group: z.string(), home: z.string(), shell: z.string() })
  .nullable()

export type Account = z.output<typeof account>

/**
 * An account of the host (getpwnam(3)); null when there is none of that name.
 *
 * @param name of the account, not its number
 */
export const accountNamed = (name: string): Probe<Account> => fact('account', [name], account)

/**
 * A group of the host (getgrnam(3)); null when there is none of that name.
 *
 * @param name of the group, not its number
 */
export const groupNamed = (name: string): Probe<{ gid: number } | null> =>
  fact('group', [name], z.object({ gid: z.number() }).nullable())
