import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Application, Behaviour } from '../../src/core/applications.js'
import type { EnvironVariable } from '../../src/core/httpd.js'
import type { Site } from '../../src/core/site.js'
import { allOf, named, parseApacheConfig, type ParsedDirective } from '../helpers/apache-config.js'
import { isOpen, lastSaid, requirementsOf } from '../helpers/apache-sections.js'
import { sites } from './arbitraries.js'
import { placesOf, vhostFor } from './render.js'

type Tree = readonly ParsedDirective[]

const whole = (site: Site): Tree =>
  parseApacheConfig(vhostFor(site), { variables: { APACHE_LOG_DIR: '/var/log/apache2' } })

/** What stands in the virtual host itself. */
const hostOf = (tree: Tree): Tree => tree.find(({ name }) => name === 'VirtualHost')?.inside ?? []

const argsOf = (tree: Tree, ...names: readonly string[]): readonly (readonly string[])[] =>
  tree.filter(({ name }) => names.includes(name)).map(({ args }) => args)

const forAll = (check: (site: Site, tree: Tree, host: Tree) => void): void => {
  fc.assert(
    fc.property(sites, (site) => {
      const tree = whole(site)
      check(site, tree, hostOf(tree))
    }),
    { numRuns: 100 },
  )
}

/** A file that the URL of an application leads to. */
const scriptOf = ({ script }: Application): string =>
  script.kind === 'folder' ? `${script.path}/any.wsgi` : script.path.replaceAll(/\$[1-9]/g, 'any')

const behaves = (tree: Tree, file: string, it: Behaviour): void => {
  expect(lastSaid(tree, file, 'WSGIProcessGroup')).toEqual([it.processGroup])
  expect(lastSaid(tree, file, 'WSGIApplicationGroup')).toEqual([it.applicationGroup])
  expect(lastSaid(tree, file, 'WSGIPassAuthorization') ?? ['Off']).toEqual([it.passAuthorization ? 'On' : 'Off'])
  expect(lastSaid(tree, file, 'WSGIChunkedRequest') ?? ['Off']).toEqual([it.chunkedRequests ? 'On' : 'Off'])
  expect(lastSaid(tree, file, 'WSGICallableObject') ?? ['application']).toEqual([it.callable ?? 'application'])
}

const isRewriting = ({ value }: EnvironVariable): boolean =>
  value.kind === 'map' || (value.kind === 'conditional' && value.when.some((one) => 'test' in one))

describe('whatever a site is, read back by the rules of Apache', { timeout: 120_000 }, () => {
  it('each application is mounted where it should be, its script is open, and it runs as it should', () => {
    forAll((site, _, host) => {
      const mounted = host.filter(({ name }) => name.startsWith('WSGIScriptAlias'))
      for (const one of site.applications) {
        const { mount, script } = one
        const preload =
          one.preload && mount.kind !== 'folder'
            ? [`process-group=${one.processGroup}`, `application-group=${one.applicationGroup}`]
            : []
        expect(mounted).toContainEqual(
          mount.kind === 'pattern'
            ? { name: 'WSGIScriptAliasMatch', args: [mount.pattern, script.path, ...preload] }
            : {
                name: 'WSGIScriptAlias',
                args: [mount.url, script.kind === 'folder' ? `${script.path}/` : script.path, ...preload],
              },
        )
        expect(isOpen(host, scriptOf(one))).toBe(true)
        behaves(host, scriptOf(one), one)
      }
      const urls = argsOf(host, 'WSGIScriptAlias').map(([url = '']) => url)
      for (const [index, url] of urls.entries()) {
        expect(urls.slice(0, index).filter((earlier) => url.startsWith(`${earlier}/`))).toEqual([])
      }
    })
  })

  it('of the folder of a script nothing but the script is open', () => {
    forAll((site, _, host) => {
      for (const { script } of site.applications) {
        if (script.kind !== 'folder') {
          const folder = script.path.slice(0, script.path.indexOf('/', script.path.indexOf('/f') + 1))
          expect(isOpen(host, `${folder}/settings.cfg`)).toBe(false)
        }
      }
      for (const file of [
        '/etc/passwd',
        '/srv/root/current/app.py',
        '/srv/root/data/shop.db',
        '/srv/root/wsgi/other',
      ]) {
        expect(isOpen(host, file)).toBe(false)
      }
    })
  })

  it('each folder of scripts has its handlers, its options and its index', () => {
    forAll((site, _, host) => {
      for (const one of site.directories) {
        const file = `${one.folder}/any.html`
        const args = [one.url, `${one.folder}/`]
        if (one.url === '/') expect(argsOf(host, 'DocumentRoot')).toEqual([[one.folder]])
        else expect(argsOf(host, 'Alias')).toContainEqual(args)
        expect(isOpen(host, file)).toBe(true)
        expect(isOpen(host, `${one.folder}/.git/config`)).toBe(false)
        behaves(host, file, one)
        expect(lastSaid(host, file, 'SetHandler')).toEqual(one.setHandler === undefined ? undefined : [one.setHandler])
        const section = named(host, 'Directory').find(({ args: [folder] }) => folder === one.folder)?.inside ?? []
        const handlers = argsOf(section, 'AddHandler')
        for (const { extension, handler } of one.handlers) expect(handlers).toContainEqual([handler, extension])
        const runs = one.setHandler !== undefined || one.handlers.length > 0 || one.overrides.includes('FileInfo')
        const options = [
          ...(runs ? ['ExecCGI'] : []),
          ...(one.multiviews ? ['MultiViews'] : []),
          ...(one.indexes ? ['Indexes'] : []),
        ]
        expect(lastSaid(host, file, 'Options')).toEqual(options.length === 0 ? ['None'] : options)
        expect(lastSaid(host, file, 'AllowOverride')).toEqual(one.overrides.length === 0 ? ['None'] : one.overrides)
        // of the list that Ubuntu has for all, index.cgi would be denied here, and with it the list of files
        const listed = one.indexes ? ['index.html'] : []
        expect(lastSaid(host, file, 'DirectoryIndex') ?? []).toEqual(
          one.directoryIndex.length === 0 ? listed : one.directoryIndex,
        )
        const taken = [
          ...handlers.map(([, extension]) => extension),
          one.setHandler && '.py',
          one.setHandler && '.wsgi',
        ]
        for (const extension of ['.py', '.wsgi']) {
          expect([extension, isOpen(host, `${one.folder}/x${extension}`)]).toEqual([
            extension,
            taken.includes(extension),
          ])
        }
        if (one.fallback?.generated !== undefined) {
          behaves(host, one.fallback.generated.path, { ...one, callable: 'application' })
          expect(isOpen(host, one.fallback.generated.path)).toBe(true)
        }
      }
    })
  })

  it('static files are open, and kept as long as they may be', () => {
    forAll((site, _, host) => {
      for (const { url, path, maxAge, headers } of site.static) {
        const isFolder = url.endsWith('/')
        expect(argsOf(host, 'Alias')).toContainEqual([url, isFolder ? `${path}/` : path])
        const file = isFolder ? `${path}/any.css` : path
        expect(isOpen(host, file)).toBe(true)
        expect(isOpen(host, `${path}/.env`)).toBe(false)
        expect(lastSaid(host, file, 'ExpiresDefault')).toEqual(
          maxAge === undefined ? undefined : [`access plus ${maxAge} seconds`],
        )
        const [last] = headers.slice(-1)
        expect(lastSaid(host, file, 'Header')).toEqual(last === undefined ? undefined : ['set', ...last])
      }
      for (const { pattern, path } of site.staticPatterns) {
        expect(argsOf(host, 'AliasMatch')).toContainEqual([pattern, path])
        expect(isOpen(host, path.replace('$1', 'any.css'))).toBe(true)
        expect(isOpen(host, path.replace(/[^/]*$/, '.hidden.css'))).toBe(false)
        expect(isOpen(host, path.replace(/[^/]*$/, 'settings.py'))).toBe(false)
      }
    })
  })

  it('variables of the WSGI environment have their values', () => {
    forAll(({ environ, rewriteMaps }, _, host) => {
      expect(argsOf(host, 'SetEnv')).toEqual(
        environ.flatMap(({ name, value }) => (value.kind === 'fixed' ? [[name, value.text]] : [])),
      )
      expect(argsOf(host, 'SetEnvIf')).toEqual(
        environ.flatMap(({ name, value }) => {
          if (value.kind !== 'conditional') return []
          const { otherwise, when } = value
          return [
            ...(otherwise === undefined ? [] : [['Remote_Addr', '^', `${name}=${otherwise}`]]),
            ...when.flatMap((one) =>
              'attribute' in one ? [[one.attribute, one.matches, `${name}=${one.value}`]] : [],
            ),
          ]
        }),
      )
      const rules = argsOf(host, 'RewriteCond', 'RewriteRule')
      for (const { name, value } of environ) {
        if (value.kind === 'map') {
          const found = `\${${value.map}:${value.key}|${value.otherwise}}`
          expect(rules).toContainEqual(['^', '-', `[E=${name}:${found}]`])
        }
        const tests = value.kind === 'conditional' ? value.when : []
        for (const one of tests) {
          if (!('test' in one)) continue
          const at = rules.findIndex((args, index) => {
            const next = rules[index + 1]?.[2]
            return args[0] === one.test && args[1] === one.matches && next === `[E=${name}:${one.value}]`
          })
          expect(at).not.toBe(-1)
        }
      }
      expect(argsOf(host, 'RewriteMap')).toEqual(rewriteMaps.map(({ name, type, path }) => [name, `${type}:${path}`]))
    })
  })

  it('what is protected needs what it needs beside what is needed anyway', () => {
    forAll(({ access, directories }, _, host) => {
      const isRewritten = directories.some(({ fallback }) => fallback !== undefined)
      for (const { on, addresses, users, satisfy, deny } of access) {
        const logins = users === 'any' ? ['valid-user'] : ['user', ...users]
        const needed = [
          ...(deny ? ['all denied'] : []),
          ...(addresses.length === 0 ? [] : [['ip', ...addresses].join(' ')]),
          ...(users.length === 0 ? [] : [logins.join(' ')]),
        ]
        if (needed.length === 0) continue
        const own = (some: Tree): boolean =>
          JSON.stringify(named(some, 'Require').map(({ args }) => args.join(' '))) === JSON.stringify(needed) &&
          (needed.length < 2 || some.some(({ name }) => name === (satisfy === 'all' ? 'RequireAll' : 'RequireAny')))
        if ('folder' in on) {
          expect(requirementsOf(host, `${on.folder}/deep/any.txt`).some(own)).toBe(true)
          continue
        }
        const url = on.url.replace(/(.)\/$/, '$1')
        const protecting = host.filter(({ name, inside = [] }) => name === 'Location' && own(inside))
        expect(protecting.map(({ args: [first] }) => first)).toContain(url)
        const others = protecting.filter(({ args: [first = ''] }) => first.endsWith(url))
        if (isRewritten && url !== '/') expect(others.length).toBeGreaterThan(1)
        for (const { inside = [] } of protecting) expect(argsOf(inside, 'AuthMerging')).toEqual([['And']])
      }
    })
  })

  it('names, addresses, process groups, limits and logs are those of the site', () => {
    forAll((site, tree, host) => {
      const { addresses, port, processGroups, timeouts, maxBody, name } = site
      expect(argsOf(tree, 'VirtualHost')).toEqual([addresses.map((address) => `${address}:${port}`)])
      expect(argsOf(host, 'ServerName')).toEqual([[site.serverName]])
      expect(argsOf(host, 'ServerAlias')).toEqual(site.serverAliases.map((alias) => [alias]))
      expect(argsOf(host, 'LogLevel')).toEqual(site.logLevel === undefined ? [] : [site.logLevel.split(' ')])
      const { venv } = placesOf(site)
      for (const { name: group, scope, options } of processGroups) {
        const home = options.some(([option]) => option === 'python-home') ? [] : [`python-home=${venv}`]
        const found = argsOf(scope === 'server' ? tree : host, 'WSGIDaemonProcess').find(([first]) => first === group)
        expect([...(found ?? [])].sort()).toEqual(
          [group, ...home, ...options.map(([option, value]) => `${option}=${value}`)].sort(),
        )
      }
      expect(argsOf(tree, 'WSGIRestrictEmbedded')).toEqual(site.restrictEmbedded === true ? [['On']] : [])
      expect(argsOf(host, 'Timeout')).toEqual(timeouts.idle === undefined ? [] : [[String(timeouts.idle)]])
      expect(argsOf(host, 'LimitRequestBody')).toEqual(maxBody === undefined ? [] : [[String(maxBody)]])
      expect(argsOf(host, 'ErrorDocument')).toEqual(site.errorDocuments.map(([status, text]) => [status, text]))
      expect(argsOf(host, 'Header')).toEqual(
        site.headers.flatMap(([header, value]) => [
          ['onsuccess', 'unset', header],
          ['always', 'set', header, value],
        ]),
      )
      expect(argsOf(host, 'ErrorLog')).toEqual([[`/var/log/apache2/${name}-error.log`]])
      expect(argsOf(host, 'CustomLog')).toEqual([[`/var/log/apache2/${name}-access.log`, 'combined']])
      for (const { mount, maxBody: limit } of site.applications) {
        if (limit === undefined) continue
        const section = mount.kind === 'pattern' ? ['LocationMatch', mount.pattern] : ['Location', mount.url]
        const found = host.find(
          ({ name: one, args, inside = [] }) =>
            one === section[0] && args[0] === section[1] && argsOf(inside, 'LimitRequestBody').length > 0,
        )
        expect(argsOf(found?.inside ?? [], 'LimitRequestBody')).toEqual([[String(limit)]])
      }
    })
  })

  it('there is no directive that nothing asks for', () => {
    forAll((site, tree) => {
      const { applications, directories, static: files, staticPatterns, access, environ, userDirectories: users } = site
      const count = (of: readonly boolean[]): number => of.filter(Boolean).length
      const isPattern = ({ mount }: Application): boolean => mount.kind === 'pattern'
      const fallbacks = directories.filter(({ fallback }) => fallback !== undefined)
      const generated = count(fallbacks.map(({ fallback }) => fallback?.generated !== undefined))
      const whens = environ.flatMap(({ value }) => (value.kind === 'conditional' ? value.when : []))
      const tests = count(whens.map((one) => 'test' in one))
      const byUser = users === undefined ? 0 : 1
      const behaving = [...applications, ...directories]
      const places = files.length + staticPatterns.length + directories.length - fallbacks.length + applications.length
      const urls = access.flatMap(({ on }) => ('url' in on ? [on.url] : []))
      const limited = applications.filter(({ maxBody }) => maxBody !== undefined)
      const logins = access.filter(({ users: some }) => some.length > 0)
      const locations = urls.length + urls.filter((url) => url !== '/').length * fallbacks.length
      // of folders and files in them there may be several for one purpose
      const sections =
        3 + 3 * (behaving.length + files.length + staticPatterns.length + generated + byUser + access.length)
      const atMost: Readonly<Record<string, number>> = {
        VirtualHost: 1,
        ServerName: 1,
        ServerAlias: site.serverAliases.length,
        DocumentRoot: 1,
        LogLevel: site.logLevel === undefined ? 0 : 1,
        WSGIRestrictEmbedded: site.restrictEmbedded === true ? 1 : 0,
        WSGIDaemonProcess: site.processGroups.length,
        SetEnv: count(environ.map(({ value }) => value.kind === 'fixed')),
        SetEnvIf:
          whens.length -
          tests +
          count(environ.map(({ value }) => value.kind === 'conditional' && value.otherwise !== undefined)),
        RewriteEngine: environ.some(isRewriting) || byUser + fallbacks.length > 0 ? 1 : 0,
        RewriteMap: site.rewriteMaps.length,
        RewriteCond: tests + byUser + fallbacks.length * (2 + places + byUser),
        RewriteRule: tests + count(environ.map(({ value }) => value.kind === 'map')) + byUser + fallbacks.length,
        Alias: files.length + directories.length - fallbacks.length,
        AliasMatch: staticPatterns.length + byUser,
        WSGIScriptAlias: applications.length - count(applications.map(isPattern)) + generated,
        WSGIScriptAliasMatch: count(applications.map(isPattern)),
        Directory: sections,
        DirectoryMatch: sections,
        Files: sections,
        FilesMatch: sections,
        Location: locations + limited.length,
        LocationMatch: limited.length,
        Options: 2 + directories.length + files.length + byUser,
        AllowOverride: 2 + directories.length + files.length + byUser,
        SetHandler: count(directories.map(({ setHandler }) => setHandler !== undefined)) + byUser,
        AddHandler: directories.flatMap(({ handlers }) => handlers).length + directories.length,
        MultiviewsMatch: count(directories.map(({ multiviews }) => multiviews)),
        DirectoryIndex: directories.length,
        WSGIProcessGroup: behaving.length + generated + byUser,
        WSGIApplicationGroup: behaving.length + generated + byUser,
        WSGIPassAuthorization: behaving.length + generated,
        WSGIChunkedRequest: behaving.length + generated,
        WSGICallableObject: behaving.length,
        ExpiresActive: count(files.map(({ maxAge }) => maxAge !== undefined)),
        ExpiresDefault: count(files.map(({ maxAge }) => maxAge !== undefined)),
        Header: files.flatMap(({ headers }) => headers).length + 2 * site.headers.length,
        AuthMerging: access.length * 2,
        AuthType: logins.length * 2,
        AuthName: logins.length * 2,
        AuthBasicProvider: logins.length * 2,
        AuthUserFile: logins.length * 2,
        RequireAll: access.length * 2,
        RequireAny: access.length * 2,
        Require:
          behaving.length * 2 + files.length + staticPatterns.length + generated + byUser + 2 + access.length * 6,
        Timeout: 1,
        RequestReadTimeout: 1,
        ErrorDocument: site.errorDocuments.length,
        LimitRequestBody: limited.length + 1,
        ErrorLog: 1,
        CustomLog: 1,
      }
      const counts = new Map<string, number>()
      for (const { name } of allOf(tree)) counts.set(name, (counts.get(name) ?? 0) + 1)
      for (const [name, found] of counts)
        expect([name, found <= (atMost[name] ?? 0) ? 'fine' : found]).toEqual([name, 'fine'])
    })
  })

  it('no line is long enough to be cut by Apache, and none holds a control character', () => {
    fc.assert(
      fc.property(sites, fc.boolean(), (site, explained) => {
        for (const line of vhostFor(site, { explained }).split('\n')) {
          expect(line).not.toMatch(/\p{Cc}/u)
          expect(Buffer.byteLength(line)).toBeLessThan(8190)
        }
      }),
      { numRuns: 100 },
    )
  })
})
