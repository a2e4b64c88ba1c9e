import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { fact, list, text } from './facts.js'

const directive = z.object({
  file: text,
  directive: z.enum(['servername', 'serveralias', 'wsgidaemonprocess']),
  value: text,
})

export type NamedDirective = z.output<typeof directive>

const folder = '/etc/apache2'
const folders = ['sites-available', 'sites-enabled', 'conf-available', 'conf-enabled']

/**
 * Every ServerName, ServerAlias and WSGIDaemonProcess of other sites, and WSGIDaemonProcess of other configuration, enabled
 * or not.
 *
 * @param ownFile name of the file of the site that asks: `shop.conf`
 */
export const otherSites = (ownFile: string): Probe<readonly NamedDirective[]> =>
  fact('vhosts', [folders.map((name) => `${folder}/${name}`), ownFile], list(directive))

const runtime = z.object({
  /** Main process, or null when Apache does not run. */
  pid: z.number().nullable(),
  /** When the running configuration was loaded (microseconds): mod_wsgi makes its sockets anew at each load. */
  loaded: z.number().nullable(),
  /** The mod_wsgi module that the running Apache has in memory, and whether its file was replaced or deleted since. */
  module: text.nullable(),
  stale: z.boolean(),
  /** Whether the daemon of mod_cgid runs; null where that module is not enabled. */
  cgid: z.boolean().nullable(),
  /** Which of the watched files changed last. */
  newest: z.object({ path: text, changed: z.number() }).nullable(),
  /** Daemon processes with the titles that were asked for, and when each was started (microseconds). */
  daemons: list(z.object({ pid: z.number(), user: text, title: text, since: z.number() })),
})

export type Runtime = z.output<typeof runtime>

/**
 * What the running Apache has loaded, compared with the files that it was, or should be, loaded from. Times are
 * microseconds since 1970.
 *
 * @param watched absolute paths of files that it reads
 * @param titles of daemon processes, as ps shows them: `(wsgi:shop)`
 */
export const apacheRuntime = (watched: readonly string[], titles: readonly string[]): Probe<Runtime> =>
  fact('apache', [watched, titles], runtime)

const listen = z.object({ file: text, address: text.nullable(), port: z.number() })

export type Listen = z.output<typeof listen>

/**
 * Every Listen of the files that Apache reads and whose IfModule holds; address null: all addresses, IPv6 in brackets.
 * Empty without Apache.
 *
 * @param coming names of modules that will be enabled
 */
export const listens = (coming: readonly string[] = []): Probe<readonly Listen[]> =>
  fact('listens', [folder, ...(coming.length === 0 ? [] : [coming])], list(listen))

const named = z.object({ file: text, name: text })

/**
 * Sites on all addresses whose names lead to one of these: a virtual host that is bound to the address would answer for
 * them. Looked up on the host only where a site is bound to addresses.
 *
 * @param ownFile name of the file of the site that asks: `shop.conf`
 * @param addresses that it is bound to, IPv6 without brackets; none where it is on all of them
 * @param port TCP port
 */
export const takenOver = (
  ownFile: string,
  addresses: readonly string[],
  port: number,
): Probe<readonly z.output<typeof named>[]> => fact('taken_over', [folder, ownFile, addresses, port], list(named))

const onPort = z.object({ file: text, name: text.nullable() })

export type PortHost = z.output<typeof onPort>

/**
 * Virtual hosts of a port that are not bound to single addresses, in the order in which Apache reads them: the first of
 * them also answers for names that none of them has.
 *
 * @param port TCP port
 */
export const hostsOnPort = (port: number): Probe<readonly PortHost[]> =>
  fact('hosts_on_port', [folder, port], list(onPort))

const embeddedUse = z.object({ file: text, does: z.enum(['may need', 'forbids']) })

export type EmbeddedUse = z.output<typeof embeddedUse>

/**
 * Files of other sites that may run applications in embedded mode, or forbid it in the whole server (mod_wsgi:
 * WSGIRestrictEmbedded).
 *
 * @param ownFile name of the file of the site that asks: `shop.conf`
 */
export const embeddedUses = (ownFile: string): Probe<readonly EmbeddedUse[]> =>
  fact('embedded', [folder, ownFile], list(embeddedUse))

const directiveUse = z.object({ file: text, module: text })

export type DirectiveUse = z.output<typeof directiveUse>

/**
 * Files that Apache reads and that have a directive of a module, as far as these are told by patterns.
 *
 * @param own names of files of the site that asks: `shop.conf`
 * @param patterns regular expressions of Python for the beginning of a line, by the name of the module
 */
export const directivesOf = (
  own: readonly string[],
  patterns: Readonly<Record<string, string>>,
): Probe<readonly DirectiveUse[]> => fact('directives', [folder, own, Object.entries(patterns)], list(directiveUse))
