import * as fc from 'fast-check'
import { base } from './code.js'

/** A flags file as a person writes it. The names in it are made from that of the site, because names are for one host. */
export type Written = (site: string) => Readonly<Record<string, unknown>>

type Fields = Readonly<Record<string, unknown>>
type Made = (site: string) => Fields

const group = (site: string, index: number): string => `${site}-${index === 1 ? 'one' : 'two'}`

const usually = <T>(value: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other })

const sometimes = (fields: fc.Arbitrary<Fields>): fc.Arbitrary<Fields> => usually<Fields>({}, fields)

/** Which process group: the default, a further one, one that the request decides on, or none at all. */
const processGroup: fc.Arbitrary<Made> = fc
  .oneof(
    { weight: 5, arbitrary: fc.constant('default') },
    { weight: 2, arbitrary: fc.constant('one') },
    { weight: 2, arbitrary: fc.constant('two') },
    { weight: 1, arbitrary: fc.constantFrom('%{ENV:model.group}', '%{GLOBAL}') },
  )
  .map(
    (chosen) => (site: string) =>
      chosen === 'default'
        ? {}
        : { 'process-group': chosen.startsWith('%') ? chosen : group(site, chosen === 'one' ? 1 : 2) },
  )

const applicationGroup = usually<Fields>(
  {},
  fc
    .constantFrom('%{RESOURCE}', '%{SERVER}', '%{HOST}', '%{ENV:model.interpreter}', 'shared', '~someone')
    .map((name) => ({ 'application-group': name })),
)

const all = (...parts: readonly fc.Arbitrary<Fields | Made>[]): fc.Arbitrary<Made> =>
  fc
    .tuple(...parts)
    .map(
      (made) => (site: string) =>
        Object.fromEntries(made.flatMap((one) => Object.entries(typeof one === 'function' ? one(site) : one))),
    )

const wsgi = fc.constantFrom('probe:app', 'probe:make()', 'pkg.web:app').map((name) => ({ wsgi: name }))
/** One script has one set of options, so applications do not share them: each has a list of its own. */
const ownScripts = [
  ['wiki.wsgi', 'scripts/env.wsgi'],
  ['blog.wsgi', 'start.py'],
  ['app.wsgi', 'tools/wiki.wsgi'],
  ['scripts/plain.py', 'mixed/helper.py'],
] as const
const wrapper = sometimes(fc.constant({ wrapper: 'probe:wrap' }))
const callable = sometimes(fc.constant({ callable: 'other' }))

const mount = fc
  .constantFrom('/', '/wiki', '/wikix', '/wiki/admin', '/Blog', '/blog/2024', '/api/v1', '/a-b', '/a/b', '/~me', '/x.y')
  .map((url) => ({ mount: url }))

const appStatic = sometimes(
  fc
    .constantFrom<Fields>({ '/static/': 'static' }, { '/favicon.ico': 'static/favicon.ico' }, { '/img/': 'static/img' })
    .map((files) => ({ static: files })),
)

/** Loaded at the start, which needs names that are known then. */
const groups = fc.oneof(
  { weight: 8, arbitrary: all(processGroup, applicationGroup) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1, 2).map((index) => (site: string) => ({
      preload: true,
      'process-group': group(site, index),
      'application-group': 'early',
    })),
  },
)

const ownScript = fc.nat({ max: 1 }).map((choice) => ({ choice }))

const application = fc.oneof(
  { weight: 3, arbitrary: all(mount, wsgi, wrapper, groups, appStatic) },
  { weight: 4, arbitrary: all(mount, ownScript, callable, wrapper, groups, appStatic) },
  {
    weight: 2,
    arbitrary: all(
      fc.constantFrom(
        { mount: '/wsgi/', scripts: 'scripts' },
        { mount: '/wiki/tools/', scripts: 'scripts' },
        { mount: '/run/v2/', scripts: 'scripts/sub' },
        { mount: '/sub/', scripts: 'mixed/sub' },
        { mount: '/wsgi/', scripts: 'more' },
      ),
      callable,
      processGroup,
      applicationGroup,
    ),
  },
  {
    weight: 2,
    arbitrary: all(
      fc.constantFrom(
        { match: '^/m/([^/]+)', script: 'scripts/$1.wsgi' },
        { match: '^/([a-z]+)\\.app$', script: 'apps/$1.py' },
        { match: '^/by/([^/]+)/([^/]+)', script: 'more/$2.wsgi' },
        { match: '^/v[0-9]+$', script: 'blog.wsgi' },
        { match: '^/t/([^/]+)', script: 'tools/$1.wsgi' },
        { match: '^/x/([a-z]+)$', script: 'mixed/$1.py' },
      ),
      callable,
      processGroup,
      applicationGroup,
    ),
  },
)

/** The script that is meant by a choice, when all applications of the file are known. */
const withScripts = (applications: readonly Fields[]): readonly Fields[] =>
  applications.map(({ choice, ...fields }, index) =>
    choice === undefined ? fields : { script: ownScripts[index]?.[Number(choice)], ...fields },
  )

const byExtension = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fields>({ handlers: { '.wsgi': 'wsgi-script' } }) },
  { weight: 2, arbitrary: fc.constant<Fields>({ handlers: { '.cgi': 'cgi-script', '.wsgi': 'wsgi-script' } }) },
  { weight: 1, arbitrary: fc.constant<Fields>({ handlers: { '.py': 'wsgi-script' } }) },
)

const indexes = sometimes(fc.constant({ indexes: true }))

const index = sometimes(
  fc
    .constantFrom(['index.wsgi'], ['page.html'], ['none.html', 'hello.wsgi'], ['hello.wsgi', 'page.html'])
    .map((names) => ({ 'directory-index': names })),
)

const multiviews = sometimes(fc.constant({ multiviews: true }))

const groupsOfFolder = all(processGroup, applicationGroup)

const allScripts = all(fc.constant({ handler: 'wsgi-script' }), indexes, index, callable, groupsOfFolder)

/** Files by their extension, all files, or none of them. */
const kinds = fc.oneof(
  { weight: 6, arbitrary: all(byExtension, multiviews, indexes, index, callable, groupsOfFolder) },
  { weight: 2, arbitrary: allScripts },
  { weight: 1, arbitrary: fc.constant<Made>(() => ({ indexes: true })) },
)

const directory = fc.oneof(
  {
    weight: 4,
    arbitrary: all(
      fc.constantFrom(
        { url: '/mixed/', folder: 'mixed' },
        { url: '/tools/', folder: 'tools' },
        { url: '/wiki/files/', folder: 'mixed/sub' },
      ),
      kinds,
    ),
  },
  { weight: 1, arbitrary: all(fc.constant({ url: '/tools/run/', folder: 'scripts' }), allScripts) },
  { weight: 1, arbitrary: all(fc.constant({ url: '/', folder: 'site' }), kinds) },
  {
    weight: 2,
    arbitrary: all(
      fc.constant({ url: '/', folder: 'site', handlers: { '.wsgi': 'wsgi-script' } }),
      fc
        .record({
          source: fc.constantFrom<Fields>({ script: 'site.wsgi' }, { wsgi: 'probe:app' }),
          hide: usually<Fields>({}, fc.constant({ 'hide-script-name': false })),
        })
        .map(({ source, hide }) => ({ fallback: { ...source, ...hide } })),
      callable,
      groupsOfFolder,
    ),
  },
)

const files = fc
  .dictionary(
    fc.constantFrom(
      '/static/',
      '/media/',
      '/media/img/',
      '/favicon.ico',
      '/docs/terms.txt',
      '/tools/assets/',
      '/public/',
    ),
    fc.constantFrom(
      'static',
      'static/img',
      'static/favicon.ico',
      'public',
      'public/terms.txt',
      'mixed/assets',
      'scripts/assets',
    ),
    { maxKeys: 3, noNullPrototype: true },
  )
  .map((chosen) =>
    Object.fromEntries(Object.entries(chosen).filter(([url, path]) => url.endsWith('/') !== /\.[a-z]+$/.test(path))),
  )

const patterns = fc.uniqueArray(
  fc.constantFrom(
    { match: '^/([^/]+\\.css)$', file: 'static/styles/$1' },
    { match: '^/css/([a-z]+)$', file: 'static/styles/$1.css' },
    { match: '^/logo-[0-9]+$', file: 'static/img/logo.svg' },
  ),
  { maxLength: 2, selector: ({ match }) => match },
)

const access = fc.uniqueArray(
  fc.constantFrom<Fields>(
    { url: '/wiki/admin', deny: true },
    { url: '/static/', addresses: ['192.0.2.0/24'] },
    { url: '/wiki', addresses: ['10.0.3'] },
    { folder: 'mixed/sub', deny: true },
  ),
  { maxLength: 1 },
)

const groupOptions = fc.record({
  scope: fc.constantFrom('virtual-host', 'server'),
  threads: fc.constantFrom(1, 2),
})

/** Which process group and interpreter a request is for, where that depends on the request. */
const environ: fc.Arbitrary<Made> = fc
  .record({
    how: fc.constantFrom('fixed', 'attribute', 'test', 'both', 'map'),
    interpreter: fc.constantFrom('fixed', 'attribute'),
    uri: fc.constantFrom('^/wiki', '^/tools/', '/hello', '^/$'),
  })
  .map(({ how, interpreter, uri }) => (site: string) => {
    const one = group(site, 1)
    const two = group(site, 2)
    const attribute = { attribute: 'X-Model', matches: '^two$', value: two }
    const test = { test: '%{REQUEST_URI}', matches: uri, value: one }
    const ways: Readonly<Record<typeof how, unknown>> = {
      fixed: one,
      attribute: { default: one, when: [attribute] },
      test: { default: two, when: [test] },
      both: { default: site, when: [test, attribute] },
      map: { map: 'places', key: '%{REQUEST_URI}', default: site },
    }
    const interpreters: Readonly<Record<typeof interpreter, Fields>> = {
      fixed: { 'model.interpreter': 'chosen' },
      attribute: {
        'model.interpreter': {
          default: 'chosen',
          when: [{ attribute: 'Request_URI', matches: uri, value: 'by-url' }],
        },
      },
    }
    return {
      environ: { 'model.group': ways[how], ...interpreters[interpreter] },
      ...(how === 'map'
        ? {
            'rewrite-maps': {
              places: { entries: { '/wiki': one, '/wiki/x': two, '/': two, '/tools/hello.wsgi': one } },
            },
          }
        : {}),
    }
  })

const placeOf = (it: Fields): string =>
  String(it['mount'] ?? it['match'] ?? it['url'])
    .toLowerCase()
    .replace(/(.)\/$/, '$1')

const listed = (key: string, list: readonly Fields[]): Fields => (list.length === 0 ? {} : { [key]: list })

export const flagsFiles: fc.Arbitrary<Written> = fc
  .record({
    main: usually<Made | undefined>(undefined, all(wsgi, wrapper, usually<Fields>({}, mount))),
    applications: fc.uniqueArray(application, { minLength: 0, maxLength: 4, selector: (made) => placeOf(made('m')) }),
    directories: fc.uniqueArray(directory, { maxLength: 2, selector: (made) => placeOf(made('m')) }),
    static: files,
    patterns,
    access,
    environ,
    groups: fc.tuple(groupOptions, groupOptions),
    scope: usually('virtual-host', fc.constant('server')),
    top: sometimes(
      fc.constantFrom<Fields>({ 'application-group': '%{RESOURCE}' }, { 'application-group': 'together' }),
    ),
    port: usually<Fields>({}, fc.constant({ port: 8080 })),
    users: usually<Fields>({}, fc.constant({ 'user-directories': 'public_html/wsgi' })),
    alias: fc.boolean(),
    profile: usually('hardened', fc.constant('seed')),
  })
  .map((chosen) =>
    // the usual instructions know one application
    chosen.profile === 'seed'
      ? { ...chosen, main: (): Fields => ({ wsgi: 'probe:app' }), applications: [], directories: [], users: {} }
      : chosen,
  )
  .filter(({ main, applications, directories }) => main !== undefined || applications.length + directories.length > 0)
  .map((chosen) => (site: string) => {
    const text = {
      ...base(site),
      ...(chosen.alias ? { 'server-aliases': [`www.${site}.model.test`] } : {}),
      ...(chosen.profile === 'seed' ? { profile: 'seed' } : {}),
      ...chosen.port,
      ...chosen.main?.(site),
      ...chosen.top,
      ...listed('applications', withScripts(chosen.applications.map((one) => one(site)))),
      ...listed(
        'directories',
        chosen.directories.map((one) => one(site)),
      ),
      ...(Object.keys(chosen.static).length === 0 ? {} : { static: chosen.static }),
      ...(chosen.patterns.length === 0 ? {} : { 'static-patterns': chosen.patterns }),
      ...(chosen.access.length === 0 ? {} : { access: chosen.access }),
      ...chosen.users,
      daemon: { threads: 1, scope: chosen.scope },
    }
    const used = JSON.stringify(text)
    const needsEnviron = used.includes('%{ENV:model')
    const values = chosen.environ(site)
    const groups = [1, 2].flatMap((index) => {
      const name = group(site, index)
      const isUsed =
        used.includes(`"${name}"`) || (used.includes('%{ENV:model.group}') && JSON.stringify(values).includes(name))
      return isUsed ? [[name, chosen.groups[index - 1]] as const] : []
    })
    return {
      ...text,
      ...(used.includes('"process-group":"%{GLOBAL}"') ? { embedded: true } : {}),
      ...(needsEnviron ? values : {}),
      ...(groups.length === 0 ? {} : { 'process-groups': Object.fromEntries(groups) }),
    }
  })
