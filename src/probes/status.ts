import { z } from 'zod'
import { manifestFile } from '../core/host-paths.js'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { certificateForm } from './certificate.js'
import { list, readAs, text } from './facts.js'
import { statusScript } from './status-script.js'

const process = z.object({
  pid: z.number(),
  user: text,
  /** Of memory. */
  bytes: z.number(),
  /** Seconds since 1970. */
  since: z.number(),
  /** Seconds of a processor. */
  cpu: z.number(),
})

/** Of which repository a release is. */
const origin = z.object({ git: text, ref: text, commit: text })

const status = z.object({
  /** Seconds since 1970, by the clock of the host. */
  now: z.number(),
  apache: process.nullable(),
  enabled: z.boolean(),
  /** Name of the release that is served. */
  current: text.nullable(),
  releases: list(z.object({ name: text, origin: origin.optional().catch(undefined) })),
  processes: list(process.extend({ title: text })),
  /** Of the last hour, by the first digit of their status: `2xx`; null where the site has no log of its own. */
  requests: z.object({ counts: z.record(text, z.number()), last: z.number().nullable() }).nullable(),
  errors: list(text),
  /** Undefined where the site has no HTTPS; null: there is no certificate yet. */
  certificate: certificateForm.optional(),
  /** Bytes where the site lies. */
  free: z.number(),
})

export type Status = z.output<typeof status>

/**
 * How a site is that the host has a manifest of; undefined where it has none.
 *
 * @param site its name
 */
export const statusOf = (site: string): Probe<Status | undefined> => ({
  ask: { sh: `python3 -I -S -c ${quote(statusScript)} ${quote(manifestFile(site))}` },
  as: 'root',
  parse: ({ exitCode, stdout }) => (exitCode === 0 ? readAs('status', status, stdout) : undefined),
})
