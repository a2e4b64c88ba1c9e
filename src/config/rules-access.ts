import type { Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'
import type { AccessFields } from './schema-apache.js'

type Authentication = NonNullable<FlagsFile['authentication']>

const usersOf = ({ users }: AccessFields): readonly string[] => (Array.isArray(users) ? users : [])

const ruleFaults = (
  rule: AccessFields,
  authentication: Authentication | undefined,
): readonly (readonly [key: string, message: string])[] => {
  const { url, folder, addresses, users, deny } = rule
  const known = authentication?.users === undefined ? undefined : Object.keys(authentication.users)
  const stranger = usersOf(rule).find((user) => known !== undefined && !known.includes(user))
  return [
    ...(url !== undefined && folder !== undefined ? [['folder', 'stands beside url: write two rules'] as const] : []),
    ...(addresses === undefined && users === undefined && deny === undefined
      ? [['', 'says nobody who may: write addresses, users or deny: true'] as const]
      : []),
    ...(deny === true && (addresses !== undefined || users !== undefined)
      ? [['deny', 'is for nobody at all: leave it out, and only those named may'] as const]
      : []),
    ...(users !== undefined && authentication === undefined
      ? [['users', 'needs authentication: {users: {LOGIN: {env: NAME}}}'] as const]
      : []),
    ...(stranger === undefined ? [] : [['users', `${stranger} is none of authentication.users`] as const]),
  ]
}

const authenticationFaults = ({ authentication, access }: FlagsFile): readonly Broken[] => {
  if (authentication === undefined) return []
  const path = ['authentication']
  const file = authentication['users-file']
  const { users } = authentication
  return [
    ...(users !== undefined && file !== undefined
      ? [{ path: [...path, 'users-file'], message: 'stands beside users: keep one of them' }]
      : []),
    ...(file === undefined && Object.keys(users ?? {}).length === 0
      ? [{ path, message: 'knows nobody: write users: {LOGIN: {env: NAME}}, or users-file' }]
      : []),
    ...(access.some((rule) => rule.users !== undefined)
      ? []
      : [{ path, message: 'protects nothing: write access: [{users: any}]' }]),
  ]
}

const urlPath = /^\/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*$/
/** As ap_is_url takes it. */
const isUrl = /^[A-Za-z0-9+.-]+:/

/** Those that Apache 2.4.29 has a line for; it does not start with others. */
const statuses = [
  ...Array.from({ length: 18 }, (_, index) => 400 + index),
  ...[421, 422, 423, 424, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511],
]

const documentFault = (document: string): string | undefined => {
  if (document.startsWith('/')) {
    return urlPath.test(document)
      ? undefined
      : 'must be a URL path without blanks, or a text that begins without a slash'
  }
  if (document.includes(' ')) return undefined
  if (isUrl.test(document)) {
    return 'would send the browser to another place, with status 302: write a URL path of this site, /error.html'
  }
  return document === 'default' ? "is Apache's word for its own text: leave it out" : undefined
}

const errorDocuments = (flags: FlagsFile): readonly Broken[] =>
  Object.entries(flags['error-documents']).flatMap(([status, document]) => {
    const path: Path = ['error-documents', status]
    const fault = statuses.includes(Number(status)) ? documentFault(document) : 'is no status that Apache knows'
    return fault === undefined ? [] : [{ path, message: fault }]
  })

const logLevel = (flags: FlagsFile): readonly Broken[] => {
  const level = flags['log-level']
  return typeof level === 'object' && Object.keys(level).length === 0
    ? [{ path: ['log-level'], message: 'names no module: write a level, warn, or {wsgi: info}' }]
    : []
}

/** User Authentication, and what else Apache decides by itself. */
export const accessRules = (flags: FlagsFile): readonly Broken[] => [
  ...flags.access.flatMap((rule, index) =>
    ruleFaults(rule, flags.authentication).map(([key, message]) => ({
      path: key === '' ? ['access', index] : ['access', index, key],
      message,
    })),
  ),
  ...authenticationFaults(flags),
  ...errorDocuments(flags),
  ...logLevel(flags),
]
