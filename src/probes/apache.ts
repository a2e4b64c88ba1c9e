import { z } from 'zod'
import type { Probe } from '../core/probe.js'
import { fact } from './facts.js'

const directive = z.object({
  file: z.string(),
  directive: z.enum(['servername', 'serveralias', 'wsgidaemonprocess']),
  value: z.string(),
})

export type NamedDirective = z.output<typeof directive>

/** Every ServerName, ServerAlias and WSGIDaemonProcess of other sites, enabled or not. */
export const otherSites = (ownFile: string): Probe<readonly NamedDirective[]> =>
  fact('vhosts', [['/etc/apache2/sites-available', '/etc/apache2/sites-enabled'], ownFile], z.array(directive))

const runtime = z.object({
  /** Main process, or null when Apache does not run. */
  pid: z.number().nullable(),
  /** When the running configuration was loaded (microseconds): mod_wsgi makes its sockets anew at each load. */
  loaded: z.number().nullable(),
  /** The mod_wsgi module that the running Apache has in memory, and whether its file was replaced or deleted since. */
  module: z.string().nullable(),
  stale: z.boolean(),
  /** Which of the watched files changed last. */
  newest: z.object({ path: z.string(), changed: z.number() }).nullable(),
  daemons: z.array(z.object({ pid: z.number(), user: z.string() })),
})

export type Runtime = z.output<typeof runtime>

/** What the running Apache has loaded, compared with the files that it was, or should be, loaded from. */
export const apacheRuntime = (watched: readonly string[], processGroup: string): Probe<Runtime> =>
  fact('apache', [watched, processGroup], runtime)
