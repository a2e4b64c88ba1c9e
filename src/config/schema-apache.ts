import { z } from 'zod'
import * as text from './fields.js'
import * as apache from './fields-apache.js'
import { secretReference } from './schema-secret.js'

const when = z.union(
  [
    z.strictObject({
      attribute: apache.requestAttribute.meta({ description: 'Attribute or header of the request (SetEnvIf)' }),
      matches: apache.condition.meta({ description: 'Regular expression' }),
      value: apache.conditionalValue.meta({ description: 'Value when it matches' }),
    }),
    z.strictObject({
      test: apache.testString.meta({ description: 'Variable of mod_rewrite (RewriteCond)' }),
      matches: apache.condition.meta({ description: 'Regular expression' }),
      value: apache.conditionalValue.meta({ description: 'Value when it matches' }),
    }),
  ],
  { error: 'must be {attribute, matches, value} for SetEnvIf, or {test, matches, value} for RewriteCond' },
)

const variable = z.union(
  [
    apache.apacheText,
    z.strictObject({
      default: apache.conditionalValue.optional().meta({ description: 'Value when nothing matches' }),
      when: z.array(when).min(1).meta({ description: 'The last that matches wins; `test` wins over `attribute`' }),
    }),
    z.strictObject({
      map: apache.mapName.meta({ description: 'A map of `rewrite-maps`' }),
      key: apache.mapKey.meta({ description: 'What is looked up: %{REQUEST_URI}' }),
      default: apache.mapWord.meta({ description: 'Value when the map does not hold the key' }),
    }),
  ],
  { error: 'must be text, or {default, when: [...]}, or {map, key, default}' },
)

export const environ = z
  .record(apache.environName, variable)
  .default({})
  .meta({
    description:
      'Variables of the WSGI environment of each request (SetEnv, SetEnvIf, RewriteRule). os.environ does not hold them: ' +
      'what the application reads there belongs into `settings`',
  })

export const rewriteMaps = z
  .record(
    apache.mapName,
    z.strictObject({
      type: z.enum(['txt', 'dbm']).default('txt').meta({ description: 'dbm is built with httxt2dbm' }),
      entries: z.record(apache.mapWord, apache.mapWord).optional().meta({ description: 'Keys and values' }),
      file: text.hostPath.optional().meta({ description: 'Instead of `entries`: a map that is on the host' }),
    }),
  )
  .default({})
  .meta({ description: 'Tables for `environ` (RewriteMap)' })

export const authentication = z
  .strictObject({
    realm: apache.plainText.min(1).default('Restricted').meta({ description: 'What the browser shows (AuthName)' }),
    'users-file': z
      .union(
        [
          text.hostPath,
          z.strictObject({ file: text.localPath.meta({ description: 'Path of a file on this computer' }) }),
        ],
        {
          error: 'must be an absolute path on the host, or {file: PATH} on this computer',
        },
      )
      .optional()
      .meta({ description: 'htpasswd file: one on the host, or {file: PATH} of this computer to be sent' }),
    users: z
      .record(apache.httpUser, secretReference)
      .optional()
      .meta({ description: 'Instead of `users-file`: login -> password; only its bcrypt hash leaves this computer' }),
  })
  .meta({ description: 'Basic authentication by Apache; the application finds REMOTE_USER and AUTH_TYPE' })

const rule = z
  .strictObject({
    url: apache.staticUrl
      .optional()
      .meta({ description: 'URL prefix that is protected; / is written by leaving out both' }),
    folder: apache.codeOrHostPath
      .optional()
      .meta({ description: 'Instead of `url`: a folder of the code or the host' }),
    addresses: z
      .array(apache.networkAddress)
      .min(1)
      .optional()
      .meta({ description: 'Addresses and networks that may' }),
    users: z
      .union([z.literal('any'), z.array(apache.httpUser).min(1)], { error: 'must be any, or a list of logins' })
      .optional()
      .meta({ description: 'Logins that may; any: everybody who has one' }),
    satisfy: z.enum(['all', 'any']).default('all').meta({
      description: 'Whether address and login are both needed, or one of them is enough',
    }),
    deny: z.literal(true).optional().meta({ description: 'Nobody may' }),
  })
  .meta({ description: 'Who may reach a part of the site' })

export const access = z
  .array(rule)
  .default([])
  .meta({ description: 'Access control by address and login, on top of what is open anyway' })

export const errorDocuments = z
  .record(z.string().regex(/^[45][0-9]{2}$/, 'must be a status from 400 to 599'), apache.plainText.min(1))
  .default({})
  .meta({ description: 'Status -> URL path on this site, or a text (ErrorDocument)' })

export const responseHeaders = z.record(apache.headerName, apache.headerValue).default({}).meta({
  description:
    'Headers of every answer of the site, instead of what the application says under these names: X-Content-Type-Options: nosniff',
})

export const serverTokens = z.enum(['Prod', 'Major', 'Minor', 'Min', 'OS', 'Full']).optional().meta({
  description: 'How much Apache tells of itself, on every site of the host (ServerTokens); the host has OS',
})

const time = (description: string) =>
  z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .meta({ description: `${description} (seconds)` })

export const timeouts = z
  .strictObject({
    idle: time('How long Apache waits for a client to send or take something (Timeout)'),
    header: time('How long a client may take to send the request headers (RequestReadTimeout)'),
    body: time('How long a client may take to send the body, more as data arrives'),
    'minimum-rate': z
      .int()
      .min(1)
      .max(1_000_000)
      .default(500)
      .meta({ description: 'Bytes a second that win further time' }),
  })
  .prefault({})
  .meta({ description: 'How long slow clients are waited for' })

export const existingSite = z
  .strictObject({
    file: text
      .matching(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.conf$/, 'must be the name of a file in sites-available: php.conf', 128)
      .meta({ description: 'File of that site in /etc/apache2/sites-available: php.conf' }),
    'add-include': z
      .boolean()
      .default(false)
      .meta({ description: 'Write the one IncludeOptional line into that file, where it is missing' }),
  })
  .meta({
    description: 'Mount the application below a URL of a site that exists, instead of a virtual host of its own',
  })

export const logLevel = z
  .union(
    [
      z.enum(['error', 'warn', 'notice', 'info', 'debug']),
      z.record(
        text.matching(/^(default|[a-z][a-z0-9_]*)$/, 'must be the name of an Apache module, or default', 32),
        z.enum(['error', 'warn', 'notice', 'info', 'debug']),
      ),
    ],
    { error: 'must be error, warn, notice, info or debug, or a mapping of modules to these: {wsgi: info}' },
  )
  .optional()
  .meta({ description: "What the site's error log holds (LogLevel)" })

export type AccessFields = z.output<typeof rule>
