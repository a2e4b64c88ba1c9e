import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { fact, list, text } from './facts.js'

const host = z.object({
  id: z.string().max(64),
  version: z.string().max(64),
  name: z.string().max(256),
  machine: z.string().max(64),
  machineId: z.string().max(64),
  systemd: z.boolean(),
  python: z
    .string()
    .max(16)
    .regex(/^\d+\.\d+$/),
  /** Inodes are null where a file system makes them as it needs them. */
  free: list(z.object({ path: text, bytes: z.number(), inodes: z.number().nullable(), readOnly: z.boolean() })),
  /** Bytes of memory and swap that a new program could have. */
  memory: z.number(),
  /** Seconds since 1970. */
  clock: z.number(),
})

export type Host = z.output<typeof host>

/**
 * Release (os-release(5)), architecture, init system, Python, memory and clock of the host, and the free bytes and inodes
 * where paths would lie.
 *
 * @param paths absolute; they need not be there
 */
export const hostFacts = (paths: readonly string[]): Probe<Host> => fact('host', [paths], host)

/**
 * The programs that listen on a TCP port: `apache2`, and others with the id of their process.
 *
 * @param port TCP port
 */
export const listeners = (port: number): Probe<readonly string[]> => fact('listeners', [port], list(text))

const account = z.object({ uid: z.number(), gid: z.number(), group: text, home: text, shell: text }).nullable()

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

/**
 * Whether a unit of systemd is started at boot, and whether it is masked (systemctl(1)).
 *
 * @param name with its suffix: `apache2.service`
 */
export const unitNamed = (name: string): Probe<{ enabled: boolean; masked: boolean }> =>
  fact('unit', [name], z.object({ enabled: z.boolean(), masked: z.boolean() }))
