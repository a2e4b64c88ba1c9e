import { Secret } from '../core/secret.js'
import type {
  AccessRule,
  Authentication,
  EnvironVariable,
  RewriteMap,
  StaticFiles,
  StaticPattern,
  Timeouts,
} from '../core/httpd.js'
import type { FlagsFile } from './schema.js'
import { onHost, type Folders } from './site-applications.js'

type StaticFields = FlagsFile['static']

const staticFiles = (from: string, mount: string, fields: StaticFields, folders: Folders): readonly StaticFiles[] =>
  Object.entries(fields).map(([url, value]) => {
    const { path, headers = {}, 'max-age': maxAge } = typeof value === 'string' ? { path: value } : value
    return {
      from: `${from}.${url}`,
      url: `${mount}${url}`,
      path: onHost(path, folders),
      ...(maxAge === undefined ? {} : { maxAge }),
      headers: Object.entries(headers),
    }
  })

/** What an application says of its static files is meant below its mount: that is where Flask's url_for points. */
export const staticFilesOf = (flags: FlagsFile, folders: Folders): readonly StaticFiles[] => [
  ...staticFiles('static', '', flags.static, folders),
  ...flags.applications.flatMap(({ mount = '/', static: fields }, index) =>
    staticFiles(`applications.${index}.static`, mount.replace(/\/$/, ''), fields, folders),
  ),
]

export const staticPatternsOf = (flags: FlagsFile, folders: Folders): readonly StaticPattern[] =>
  flags['static-patterns'].map(({ match, file }, index) => ({
    from: `static-patterns.${index}`,
    pattern: match,
    path: onHost(file, folders),
  }))

export const environOf = (flags: FlagsFile): readonly EnvironVariable[] =>
  Object.entries(flags.environ).map(([name, field]): EnvironVariable => {
    const from = `environ.${name}`
    if (typeof field === 'string') return { from, name, value: { kind: 'fixed', text: field } }
    if ('map' in field) {
      return { from, name, value: { kind: 'map', map: field.map, key: field.key, otherwise: field.default } }
    }
    const otherwise = field.default === undefined ? {} : { otherwise: field.default }
    return { from, name, value: { kind: 'conditional', ...otherwise, when: field.when } }
  })

export const rewriteMapsOf = (flags: FlagsFile): readonly RewriteMap[] =>
  Object.entries(flags['rewrite-maps']).map(([name, { type, entries, file }]) => ({
    from: `rewrite-maps.${name}`,
    name,
    type,
    path: file ?? `/etc/deploy-flask/${flags.site}-${name}.${type === 'txt' ? 'txt' : 'dbm'}`,
    ...(entries === undefined ? {} : { entries: Object.entries(entries) }),
  }))

export const accessOf = (flags: FlagsFile, folders: Folders): readonly AccessRule[] =>
  flags.access.map(({ url, folder, addresses = [], users = [], satisfy, deny }, index) => ({
    from: `access.${index}`,
    on: folder === undefined ? { url: url ?? '/' } : { folder: onHost(folder, folders) },
    addresses,
    users,
    satisfy,
    deny: deny === true,
  }))

export const timeoutsOf = ({ timeouts }: FlagsFile): Timeouts => {
  const { 'minimum-rate': minimumRate, idle, header, body } = timeouts
  return {
    ...(idle === undefined ? {} : { idle }),
    ...(header === undefined ? {} : { header }),
    ...(body === undefined ? {} : { body }),
    minimumRate,
  }
}

export const logLevelOf = (flags: FlagsFile): string | undefined => {
  const level = flags['log-level']
  if (level === undefined || typeof level === 'string') return level
  const { default: base, ...modules } = level
  return [
    ...(base === undefined ? [] : [base]),
    ...Object.entries(modules).map(([name, one]) => `${name}:${one}`),
  ].join(' ')
}

/** `hash` makes the hash of a password; only that leaves this computer. */
export const authenticationOf = async (
  flags: FlagsFile,
  secrets: ReadonlyMap<string, Secret>,
  hash: (site: string, user: string, password: string) => Promise<string>,
): Promise<Authentication | undefined> => {
  const { authentication } = flags
  if (authentication === undefined) return undefined
  const { realm, users = {}, 'users-file': file } = authentication
  if (typeof file === 'string') return { realm, path: file }
  const lines = await Promise.all(
    Object.keys(users).map(async (user) => {
      const password = secrets.get(`authentication.users.${user}`)?.reveal() ?? ''
      return `${user}:${await hash(flags.site, user, password)}\n`
    }),
  )
  const sent = secrets.get('authentication.users-file')?.reveal()
  const content = sent === undefined ? lines.join('') : `${sent}\n`
  return { realm, path: `/etc/deploy-flask/${flags.site}.htpasswd`, content: new Secret(content) }
}
