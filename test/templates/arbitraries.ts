import * as fc from 'fast-check'
import type { z } from 'zod'
import * as fields from '../../src/config/fields.js'
import type { Vhost } from '../../src/templates/vhost.js'
import { minimal } from './samples.js'

/** What means something to Apache, a shell, Python or a terminal, or looks like what we write ourselves. */
const nasty = fc.oneof(
  fc.constantFrom('\n', '\r', '\0', '\\', '"', "'", ' ', '\t', '$', '${X}', '%{GLOBAL}', '#', '<', '>', '/', '..', '`'),
  fc.constantFrom('\u2028', '\u0085', '\u00a0', 'ü', '\n    Include /tmp/x\n', '</VirtualHost>', ' user=root'),
  fc.string({ unit: 'binary', maxLength: 2 }),
)

/**
 * Values that the field allows: good ones, and good ones with something nasty put in, of which only those are left
 * that the field lets through.
 */
const allowed = (field: z.ZodType<string>, good: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 3, arbitrary: good },
      fc
        .tuple(good, nasty, fc.nat())
        .map(([text, more, at]) => text.slice(0, at % (text.length + 1)) + more + text.slice(at % (text.length + 1))),
    )
    .filter((text) => field.safeParse(text).success)

const path = fc.stringMatching(/^(\/[a-z0-9_@+=][a-z0-9._@+=-]{0,6}){1,4}$/)

export const hostPath = allowed(fields.hostPath, path)
const relativePath = allowed(
  fields.relativePath,
  path.map((text) => text.slice(1)),
)
const serverName = allowed(
  fields.serverName,
  fc.stringMatching(/^[a-z0-9]{1,5}(\.[a-z]([a-z0-9-]{0,5}[a-z0-9])?){0,3}$/),
)
const siteName = allowed(fields.siteName, fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/))
const urlPrefix = allowed(fields.urlPrefix, fc.stringMatching(/^\/([A-Za-z0-9_~-][A-Za-z0-9._~-]{0,5}\/){1,3}$/))

const number = (max: number) => fc.integer({ min: 0, max })
const daemon: fc.Arbitrary<Vhost['daemon']> = fc.record({
  threads: number(64),
  processes: number(64),
  maximumRequests: number(1e6),
  queueTimeout: number(600),
  socketTimeout: number(600),
  connectTimeout: number(600),
  requestTimeout: number(600),
  startupTimeout: number(600),
  deadlockTimeout: number(600),
  gracefulTimeout: number(600),
  shutdownTimeout: number(600),
})

export const vhosts: fc.Arbitrary<Vhost> = fc
  .record({
    name: siteName,
    serverName,
    serverAliases: fc.array(serverName, { maxLength: 3 }),
    port: fc.integer({ min: 1, max: 65_535 }),
    listen: fc.boolean(),
    user: allowed(fields.accountName, fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/)),
    group: allowed(fields.groupName, fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/)),
    daemon,
    siteRoot: hostPath,
    code: hostPath,
    pythonHome: hostPath,
    static: fc.uniqueArray(fc.record({ url: urlPrefix, folder: relativePath }), {
      maxLength: 4,
      selector: ({ url }) => url,
    }),
    maxBody: number(2 ** 31),
  })
  .map((parts) => ({
    ...minimal,
    ...parts,
    wsgiFolder: `${parts.siteRoot}/wsgi`,
    wsgiFile: `${parts.name}.wsgi`,
  }))

export const wsgiObjects = allowed(
  fields.wsgiObject,
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}(\.[a-z_][a-z0-9_]{0,6}){0,2}:[a-z_][a-z0-9_]{0,6}(\(\))?$/),
)

export const siteNames = siteName
