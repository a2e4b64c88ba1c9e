import * as fc from 'fast-check'
import type { z } from 'zod'
import * as fields from '../../src/config/fields.js'
import * as apache from '../../src/config/fields-apache.js'
import type { Application, Mount, ProcessGroup, Script, ScriptDirectory } from '../../src/core/applications.js'
import type { AccessRule, EnvironVariable, StaticFiles, StaticPattern } from '../../src/core/httpd.js'
import type { Site } from '../../src/core/site.js'

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

const path = fc.stringMatching(/^(\/[a-z0-9_@+=][a-z0-9._@+=-]{0,6}){2,4}$/)

export const hostPath = allowed(fields.hostPath, path)
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/)
const fileName = allowed(apache.fileName, fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}\.(wsgi|py|txt)$/))
const serverName = allowed(
  fields.serverName,
  fc.stringMatching(/^[a-z0-9]{1,5}(\.[a-z]([a-z0-9-]{0,5}[a-z0-9])?){1,3}$/),
)
export const siteNames = allowed(fields.siteName, fc.stringMatching(/^[a-z][a-z0-9-]{0,10}[a-z0-9]$/))
export const wsgiObjects = allowed(
  fields.wsgiObject,
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}(\.[a-z_][a-z0-9_]{0,6}){0,2}:[a-z_][a-z0-9_]{0,6}(\(\))?$/),
)
const account = allowed(fields.accountName, fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/))
const text = allowed(apache.apacheText, fc.string({ unit: 'grapheme', maxLength: 20 }))
const plainText = allowed(apache.plainText.min(1), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
const condition = allowed(
  apache.condition,
  fc.constantFrom('^127\\.0\\.0\\.1$', 'curl', '^on$', 'a\\\\', '[a-z]+\\.(css|js)', '^$', '\\d{1,3}'),
)
const value = allowed(apache.conditionalValue, fc.stringMatching(/^[A-Za-z0-9_./:@=+~-]{1,8}$/))

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })

/** Without the members that are undefined: absent is not undefined in our types. */
const compact = <T extends object>(whole: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // what is taken out is exactly what the type takes out
  Object.fromEntries(Object.entries(whole).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

const maxBody = fc.integer({ min: 0, max: 2 ** 31 - 1 })

/** As the rules demand, each thing has a folder and a URL of its own. */
interface Own {
  readonly url: string
  readonly folder: string
}

const mounts = ({ url }: Own): fc.Arbitrary<Mount> =>
  fc.constantFrom<Mount>(
    { kind: 'url', url },
    { kind: 'url', url: `${url}/deep` },
    { kind: 'folder', url: `${url}/` },
    { kind: 'pattern', pattern: `^${url}/([^/]+)` },
    { kind: 'pattern', pattern: `^${url}-([a-z]+)/([0-9]{1,3})$` },
  )

const scripts = (mount: Mount, { folder }: Own): fc.Arbitrary<Script> => {
  if (mount.kind === 'folder') return fc.constant({ kind: 'folder', path: folder })
  if (mount.kind === 'pattern') {
    return fc
      .constantFrom('/$1.wsgi', '/$1', '/$1/x.wsgi', '/one.wsgi')
      .map((end) => ({ kind: 'own', path: folder + end }))
  }
  return fileName.chain((file) =>
    fc.constantFrom<Script>(
      { kind: 'own', path: `${folder}/${file}` },
      {
        kind: 'generated',
        path: `${folder}/${file}`,
        wsgi: { module: 'shop', object: 'app', factory: false },
        hidesScriptName: false,
      },
    ),
  )
}

const processGroupNames = ['shop', 'second', '%{GLOBAL}', '%{ENV:PROCESS_GROUP}']

const behaviour = {
  processGroup: fc.constantFrom(...processGroupNames),
  applicationGroup: fc.oneof(
    fc.constantFrom('%{GLOBAL}', '%{RESOURCE}', '%{SERVER}', '%{ENV:demo.group}', '~joe'),
    allowed(apache.applicationGroup, name),
  ),
  passAuthorization: fc.boolean(),
  chunkedRequests: fc.boolean(),
  callable: optional(allowed(apache.callable, name)),
}

const application = (own: Own, index: number): fc.Arbitrary<Application> =>
  mounts(own).chain((mount) =>
    fc
      .record({
        from: fc.constant(`applications.${index}`),
        mount: fc.constant(mount),
        script: scripts(mount, own),
        maxBody: optional(maxBody),
        preload: fc.boolean(),
        ...behaviour,
      })
      .map(compact),
  )

const handlers = fc
  .uniqueArray(fc.constantFrom('.wsgi', '.cgi', '.py'), { maxLength: 3 })
  .chain((extensions) =>
    fc.tuple(
      ...extensions.map((extension) =>
        fc.record({ extension: fc.constant(extension), handler: fc.constantFrom('wsgi-script', 'cgi-script') }),
      ),
    ),
  )

const directory = ({ url, folder }: Own, index: number): fc.Arbitrary<ScriptDirectory> =>
  fc
    .record({
      from: fc.constant(`directories.${index}`),
      url: fc.constant(`${url}/`),
      folder: fc.constant(folder),
      setHandler: fc.constantFrom('wsgi-script', undefined),
      handlers,
      multiviews: fc.boolean(),
      indexes: fc.boolean(),
      directoryIndex: fc.uniqueArray(fileName, { maxLength: 3 }),
      overrides: fc.uniqueArray(fc.constantFrom('AuthConfig', 'FileInfo', 'Indexes', 'Limit')),
      preload: fc.constant(false),
      ...behaviour,
    })
    .map(compact)

/** The directory that is the DocumentRoot, with a script that gets what is no file. */
const rootDirectory = (one: ScriptDirectory, script: string, isGenerated: boolean): ScriptDirectory => ({
  ...one,
  url: '/',
  fallback: {
    name: script,
    ...(isGenerated
      ? {
          generated: {
            path: `/srv/generated/${script}`,
            wsgi: { script: `${one.folder}/${script}`, callable: 'application' },
            hidesScriptName: true,
          },
        }
      : {}),
  },
})

const header = fc.tuple(
  allowed(apache.headerName, fc.stringMatching(/^X-[A-Za-z]{1,8}$/)),
  allowed(apache.headerValue, fc.stringMatching(/^[A-Za-z0-9 ,;=/*._:'()+-]{1,20}$/)),
)

const staticFiles = ({ url, folder }: Own): fc.Arbitrary<StaticFiles> =>
  fc
    .record({
      from: fc.constant(`static.${url}`),
      url: fc.constantFrom(`${url}/`, `${url}.txt`),
      path: fc.constant(folder),
      maxAge: optional(fc.nat(31_536_000)),
      headers: fc.uniqueArray(header, { maxLength: 2, selector: ([one]) => one }),
    })
    .map(compact)

const staticPattern = ({ url, folder }: Own, index: number): fc.Arbitrary<StaticPattern> =>
  fc.constantFrom('/$1', '/$1.min.css', '/$1/index.html', '/one.css').map((end) => ({
    from: `static-patterns.${index}`,
    pattern: `^${url}/([^/]+\\.css)$`,
    path: folder + end,
  }))

const variable = (name: string): fc.Arbitrary<EnvironVariable> => {
  const when = fc.oneof(
    fc.record({
      attribute: fc.constantFrom('Remote_Addr', 'User-Agent', 'Request_URI'),
      matches: condition,
      value,
    }),
    fc.record({ test: fc.constantFrom('%{REMOTE_ADDR}', '%{HTTP:X-Debug}%{HTTPS}'), matches: condition, value }),
  )
  const kinds: fc.Arbitrary<EnvironVariable['value']> = fc.oneof(
    fc.record({ kind: fc.constant('fixed' as const), text }),
    fc
      .record({
        kind: fc.constant('conditional' as const),
        otherwise: optional(value),
        when: fc.array(when, { minLength: 1, maxLength: 3 }),
      })
      .map(compact),
    fc.record({
      kind: fc.constant('map' as const),
      map: fc.constant('groups'),
      key: fc.constant('%{REQUEST_URI}'),
      otherwise: allowed(apache.mapWord, fc.stringMatching(/^[A-Za-z0-9_.~/:@=+-]{1,8}$/)),
    }),
  )
  return kinds.map((one) => ({ from: `environ.${name}`, name, value: one }))
}

const accessRule = ({ url, folder }: Own, index: number): fc.Arbitrary<AccessRule> =>
  fc.record({
    from: fc.constant(`access.${index}`),
    on: fc.constantFrom({ url: `${url}/` }, { url }, { url: '/' }, { folder }),
    addresses: fc.subarray(['192.0.2.7', '10.1', '2001:db8::/32']),
    users: fc.oneof(fc.constant('any' as const), fc.subarray(['ada', '-x', 'bob@example.com'])),
    satisfy: fc.constantFrom('all', 'any'),
    deny: fc.boolean(),
  })

const option = fc.tuple(
  fc.constantFrom('threads', 'processes', 'home', 'python-home', 'python-path', 'lang', 'display-name', 'umask'),
  fc.constantFrom('5', '/srv/a:/srv/b', 'C.UTF-8', '%{GROUP}', '(wsgi:x)', '0027', 'On'),
)

const processGroup = (groupName: string): fc.Arbitrary<ProcessGroup> =>
  fc.record({
    from: fc.constant('daemon'),
    name: fc.constant(groupName),
    scope: fc.constantFrom('virtual-host', 'server'),
    user: account,
    group: account,
    options: fc.uniqueArray(option, { maxLength: 8, selector: ([one]) => one }),
  })

/** Nothing of this reaches Apache's files. */
const unseen = {
  code: { kind: 'path', path: '/srv/code' },
  codeFolder: '/srv/code',
  requirements: { text: '' },
  settings: {},
  sqlite: [],
  user: 'flask-shop',
  group: 'flask-shop',
  check: { path: '/', statuses: [200] },
  keepReleases: 10,
  keepBackups: 5,
  replaceDistributionModule: false,
  allowUnsupported: false,
} satisfies Partial<Site>

/** Up to three of a kind. */
const some = <T>(
  make: (own: Own, index: number) => fc.Arbitrary<T>,
  owns: readonly Own[],
): fc.Arbitrary<readonly T[]> => fc.subarray([...owns]).chain((chosen) => fc.tuple(...chosen.map(make)))

/** Fifteen; folders below each other would have each other's sections. */
const owns = fc
  .tuple(
    fc.uniqueArray(fc.stringMatching(/^[a-z0-9_]{1,5}$/), { minLength: 15, maxLength: 15 }),
    fc.array(path, { minLength: 15, maxLength: 15 }),
  )
  .map(([segments, paths]) =>
    segments.map((segment, index): Own => ({ url: `/${segment}`, folder: `/f${index}${paths[index] ?? ''}` })),
  )

const timeouts = fc
  .record({
    idle: optional(fc.nat(99)),
    header: optional(fc.nat(99)),
    body: optional(fc.nat(99)),
    minimumRate: fc.nat(999),
  })
  .map(compact)

/** Any site whose parts do not contradict each other. */
export const sites: fc.Arbitrary<Site> = owns
  .chain((all) =>
    fc.record({
      aptPatience: fc.constant({ lock: 300, stall: 1800 }),
      requireHashes: fc.constant(false),
      name: siteNames,
      profile: fc.constant('hardened' as const),
      serverName,
      serverAliases: fc.array(serverName, { maxLength: 3 }),
      addresses: fc.constantFrom(['*'], ['192.0.2.7', '[2001:db8::7]']),
      port: fc.integer({ min: 1, max: 65_535 }),
      root: fc.constant('/srv/root'),
      applications: some(application, all.slice(0, 3)),
      plainDirectories: some(directory, all.slice(3, 6)),
      top: optional(fc.tuple(directory({ url: '', folder: '/f99/public' }, 99), fileName, fc.boolean())),
      static: some(staticFiles, all.slice(6, 9)),
      staticPatterns: some(staticPattern, all.slice(9, 12)),
      access: some(accessRule, all.slice(12, 15)),
      userDirectories: optional(
        fc.record({ folder: path.map((one) => one.slice(1)), processGroup: fc.constant('shop') }),
      ),
      processGroups: fc.tuple(processGroup('shop'), processGroup('second')),
      restrictEmbedded: fc.constantFrom<Site['restrictEmbedded']>(true, false, 'auto'),
      environ: fc
        .uniqueArray(allowed(apache.environName, fc.stringMatching(/^[a-z]{1,4}(\.[a-z]{1,4})?$/)), { maxLength: 4 })
        .chain((names) => fc.tuple(...names.map(variable))),
      rewriteMaps: fc.constantFrom(
        [{ from: 'rewrite-maps.groups', name: 'groups', type: 'txt' as const, path: '/etc/deploy-flask/a.txt' }],
        [],
      ),
      authentication: fc.record({ realm: plainText, path: hostPath }),
      maxBody: optional(maxBody),
      timeouts,
      errorDocuments: fc.uniqueArray(fc.tuple(fc.constantFrom('404', '413', '500'), plainText), {
        selector: ([status]) => status,
      }),
      logLevel: fc.constantFrom(undefined, 'info', 'warn wsgi:info'),
      headers: fc.constantFrom([], [['X-Content-Type-Options', 'nosniff'] as const]),
    }),
  )
  .map(({ plainDirectories, top, logLevel, maxBody, userDirectories, ...parts }) => ({
    ...unseen,
    ...parts,
    ...compact({ logLevel, maxBody, userDirectories }),
    directories: [...plainDirectories, ...(top === undefined ? [] : [rootDirectory(...top)])],
  }))
