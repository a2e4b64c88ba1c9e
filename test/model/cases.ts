import type { Written } from './arbitraries.js'
import { base, codeFolder } from './code.js'
import type { Answer, Asked } from './world.js'

/** A flags file, a URL, and what must answer: measured once, or met as a disagreement and kept. */
export interface Case {
  readonly title: string
  readonly written: Written
  readonly asked: (site: string) => Asked
  readonly answer: (site: string) => Answer
}

type Fields = Readonly<Record<string, unknown>>
type Given = Fields | ((site: string) => Fields)

const row = (
  title: string,
  given: Given,
  path: string,
  answer: (site: string) => Answer,
  { alias = '', headers }: { readonly alias?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Case => {
  const fields = (site: string): Fields => (typeof given === 'function' ? given(site) : given)
  return {
    title,
    written: (site) => ({ ...base(site), ...fields(site) }),
    asked: (site) => {
      const host = `${alias}${site}.model.test${'port' in fields(site) ? ':8080' : ''}`
      return { path, host, ...(headers === undefined ? {} : { headers }) }
    },
    answer,
  }
}

interface Found {
  readonly scriptName: string
  readonly pathInfo: string
  /** Default: the main one. SITE stands for the name of the site. */
  readonly interpreter?: string
  /** Default: the one of the site. */
  readonly group?: string
}

const app =
  (application: string, { scriptName, pathInfo, interpreter = '', group = 'SITE' }: Found) =>
  (site: string): Answer => ({
    kind: 'application',
    application: /^(\/|probe:)/.test(application) ? application : `${codeFolder}/${application}`,
    scriptName,
    pathInfo,
    processGroup: group.replace('SITE', site),
    applicationGroup: interpreter.replace('SITE', `${site}.model.test`),
  })

const status = (code: number) => (): Answer => ({ kind: 'status', status: code })
const file = (path: string) => (): Answer => ({ kind: 'file', path: `${codeFolder}/${path}` })

const wikiAndRoot = {
  applications: [
    { mount: '/', script: 'app.wsgi' },
    { mount: '/wiki', script: 'wiki.wsgi', 'application-group': '%{RESOURCE}' },
  ],
}
const root = { wsgi: 'probe:app' }
const scripts = { applications: [{ mount: '/wsgi/', scripts: 'scripts' }] }
const pattern = { applications: [{ match: '^/m/([^/]+)', script: 'scripts/$1.wsgi' }] }
const mixed = (more: Fields): Fields => ({
  directories: [{ url: '/mixed/', folder: 'mixed', handlers: { '.wsgi': 'wsgi-script' }, ...more }],
})
const allScripts = { directories: [{ url: '/run/', folder: 'scripts', handler: 'wsgi-script' }] }
const fallback = (more: Fields): Fields => ({
  directories: [
    { url: '/', folder: 'site', handlers: { '.wsgi': 'wsgi-script' }, fallback: { script: 'site.wsgi', ...more } },
  ],
})
const media = { wsgi: 'probe:app', static: { '/media/': 'public', '/favicon.ico': 'static/favicon.ico' } }

const mounting: readonly Case[] = [
  row('the root mount has an empty SCRIPT_NAME', root, '/a', app('probe:app', { scriptName: '', pathInfo: '/a' })),
  row(
    'a sub URL comes before the root, whatever the order',
    wikiAndRoot,
    '/wiki/a',
    app('wiki.wsgi:application', { scriptName: '/wiki', pathInfo: '/a', interpreter: 'SITE|/wiki' }),
  ),
  row(
    'a mount ends with its segment',
    wikiAndRoot,
    '/wikix',
    app('app.wsgi:application', { scriptName: '', pathInfo: '/wikix' }),
  ),
  row(
    'a folder of scripts takes the name of the script from the URL',
    scripts,
    '/wsgi/env.wsgi/p',
    app('scripts/env.wsgi:application', {
      scriptName: '/wsgi/env.wsgi',
      pathInfo: '/p',
      interpreter: 'SITE|/wsgi/env.wsgi',
    }),
  ),
  row('the folder itself is no application', scripts, '/wsgi/', status(403)),
  row('a script that is not there', scripts, '/wsgi/none.wsgi', status(404)),
  row(
    'a pattern hides the extension',
    pattern,
    '/m/hello/p/q',
    app('scripts/hello.wsgi:application', { scriptName: '/m/hello', pathInfo: '/p/q', interpreter: 'SITE|/m/hello' }),
  ),
  row('a pattern that leads to nothing', pattern, '/m/nobody', status(404)),
]

const directories: readonly Case[] = [
  row('with handler every file is a script, and a text is none', allScripts, '/run/readme.txt', status(500)),
  row('with handlers other files are files', mixed({}), '/mixed/page.html', file('mixed/page.html')),
  row(
    'a script by its extension',
    mixed({}),
    '/mixed/hello.wsgi/x',
    app('mixed/hello.wsgi:application', {
      scriptName: '/mixed/hello.wsgi',
      pathInfo: '/x',
      interpreter: 'SITE|/mixed/hello.wsgi',
    }),
  ),
  row('source code that nothing runs is not shown', mixed({}), '/mixed/helper.py', status(403)),
  row(
    'an extension in the middle of a name counts, too',
    mixed({}),
    '/mixed/old.wsgi.html',
    app('mixed/old.wsgi.html:application', {
      scriptName: '/mixed/old.wsgi.html',
      pathInfo: '',
      interpreter: 'SITE|/mixed/old.wsgi.html',
    }),
  ),
  row('a copy of a script is not run', mixed({}), '/mixed/old.wsgi.bak', status(403)),
  row('capital letters do not show source code', mixed({}), '/mixed/Helper.PY', status(403)),
  row(
    'what an editor leaves behind is not run where everything is',
    { directories: [{ url: '/s/', folder: 'scripts', handler: 'wsgi-script' }] },
    '/s/old.py~',
    status(403),
  ),
  row(
    'a folder of scripts in a folder of files with other handlers',
    {
      ...mixed({ handlers: { '.cgi': 'cgi-script' } }),
      applications: [{ mount: '/sub/', scripts: 'mixed/sub' }],
    },
    '/sub/inner.wsgi/x',
    app('mixed/sub/inner.wsgi:application', {
      scriptName: '/sub/inner.wsgi',
      pathInfo: '/x',
      interpreter: 'SITE|/sub/inner.wsgi',
    }),
  ),
  row(
    'multiviews: found without its extension, but SCRIPT_NAME shows it',
    mixed({ multiviews: true }),
    '/mixed/hello/x',
    app('mixed/hello.wsgi:application', {
      scriptName: '/mixed/hello.wsgi',
      pathInfo: '/x',
      interpreter: 'SITE|/mixed/hello.wsgi',
    }),
  ),
  row(
    'directory-index answers for the folder',
    mixed({ 'directory-index': ['index.wsgi'] }),
    '/mixed/',
    app('mixed/index.wsgi:application', {
      scriptName: '/mixed/index.wsgi',
      pathInfo: '',
      interpreter: 'SITE|/mixed/index.wsgi',
    }),
  ),
  row(
    'directory-index answers for nothing below it',
    mixed({ 'directory-index': ['index.wsgi'] }),
    '/mixed/extra',
    status(404),
  ),
  row('a folder without its slash', mixed({}), '/mixed/sub', status(301)),
  row('fallback: what is a file stays one', fallback({}), '/page.html', file('site/page.html')),
  row(
    'fallback: everything else is for the script, which does not see its own name',
    fallback({}),
    '/a/b',
    app('site/site.wsgi:application', { scriptName: '', pathInfo: '/a/b', interpreter: 'SITE|/site.wsgi' }),
  ),
  row(
    'fallback: unless it is told to',
    fallback({ 'hide-script-name': false }),
    '/a/b',
    app('site/site.wsgi:application', { scriptName: '/site.wsgi', pathInfo: '/a/b', interpreter: 'SITE|/site.wsgi' }),
  ),
]

const files: readonly Case[] = [
  row('static files come before applications', media, '/media/terms.txt', file('public/terms.txt')),
  row(
    "the URL of a folder without its slash is the application's",
    media,
    '/media',
    app('probe:app', { scriptName: '', pathInfo: '/media' }),
  ),
  row('a file has nothing below it', media, '/favicon.ico/x', status(404)),
  row('a folder is not listed', media, '/media/down/', status(403)),
  row(
    'a pattern matches whole URLs only',
    { ...root, 'static-patterns': [{ match: '^/([^/]+\\.css)$', file: 'static/styles/$1' }] },
    '/deep/main.css',
    app('probe:app', { scriptName: '', pathInfo: '/deep/main.css' }),
  ),
  row('hidden files are not served', { static: { '/static/': 'static' }, ...root }, '/static/.hidden', status(403)),
  row('/icons/ is served by every virtual host of Debian and Ubuntu', root, '/icons/nobody.png', status(404)),
  row("/server-status is Apache's own", root, '/server-status', status(403)),
]

const byEnviron = (site: string): Fields => ({
  applications: [{ mount: '/', script: 'wiki.wsgi', 'process-group': '%{ENV:model.group}' }],
  'process-groups': { [`${site}-one`]: {}, [`${site}-two`]: {} },
  environ: {
    'model.group': {
      default: site,
      when: [
        { test: '%{REQUEST_URI}', matches: '^/one', value: `${site}-one` },
        { attribute: 'X-Model', matches: '^two$', value: `${site}-two` },
      ],
    },
  },
})

const groups: readonly Case[] = [
  row(
    '%{RESOURCE} holds the port where it is unusual, and the mount in small letters',
    { port: 8080, applications: [{ mount: '/Wiki', script: 'wiki.wsgi', 'application-group': '%{RESOURCE}' }] },
    '/Wiki/x',
    app('wiki.wsgi:application', { scriptName: '/Wiki', pathInfo: '/x', interpreter: 'SITE:8080|/wiki' }),
  ),
  row(
    '%{SERVER} is the name of the server, whatever name was asked for',
    (site) => ({
      'server-aliases': [`www.${site}.model.test`],
      applications: [{ mount: '/', script: 'wiki.wsgi', 'application-group': '%{SERVER}' }],
    }),
    '/',
    app('wiki.wsgi:application', { scriptName: '', pathInfo: '/', interpreter: 'SITE' }),
    { alias: 'www.' },
  ),
  row(
    '%{HOST} is the name that was asked for',
    (site) => ({
      'server-aliases': [`www.${site}.model.test`],
      applications: [{ mount: '/', script: 'wiki.wsgi', 'application-group': '%{HOST}' }],
    }),
    '/',
    app('wiki.wsgi:application', { scriptName: '', pathInfo: '/', interpreter: 'www.SITE' }),
    { alias: 'www.' },
  ),
  row(
    'the default of a variable, where nothing matches',
    byEnviron,
    '/',
    app('wiki.wsgi:application', { scriptName: '', pathInfo: '/', interpreter: 'SITE|' }),
  ),
  row(
    'a header chooses the process group',
    byEnviron,
    '/',
    app('wiki.wsgi:application', { scriptName: '', pathInfo: '/', interpreter: 'SITE|', group: 'SITE-two' }),
    { headers: { 'x-model': 'two' } },
  ),
  row(
    'a rewrite rule has the last word',
    byEnviron,
    '/one',
    app('wiki.wsgi:application', { scriptName: '', pathInfo: '/one', interpreter: 'SITE|', group: 'SITE-one' }),
    { headers: { 'x-model': 'two' } },
  ),
  row(
    'the scripts of a person share an interpreter',
    { 'user-directories': 'public_html/wsgi' },
    '/~alice/hello.wsgi/x',
    app(`/home/alice/public_html/wsgi/hello.wsgi:application`, {
      scriptName: '/~alice/hello.wsgi',
      pathInfo: '/x',
      interpreter: '~alice',
    }),
  ),
]

const urls: readonly Case[] = [
  row('an encoded slash', root, '/a%2Fb', status(404)),
  row('what is no encoding', root, '/%zz', status(400)),
  row('a way out of the top', root, '/../wiki', status(400)),
  row('doubled slashes and dots', root, '/a//b/./../c', app('probe:app', { scriptName: '', pathInfo: '/a/c' })),
  row(
    'encoded letters of a mount',
    wikiAndRoot,
    '/w%69ki/%C3%A9',
    app('wiki.wsgi:application', {
      scriptName: '/wiki',
      pathInfo: '/\u00e9',
      interpreter: 'SITE|/wiki',
    }),
  ),
  row('a URL that nobody has', { ...root, mount: '/only' }, '/nobody', status(404)),
]

/** Disagreements that were met, each of them a mistake of what is rendered. */
const met: readonly Case[] = [
  row(
    'a folder is listed although index.cgi, which Debian asks for, would be refused',
    mixed({ indexes: true }),
    '/mixed/',
    () => ({ kind: 'listing' }),
  ),
  row(
    'a script of one folder that another folder above it does not run',
    {
      directories: [
        { url: '/mixed/', folder: 'mixed', handlers: { '.py': 'wsgi-script' } },
        { url: '/inner/', folder: 'mixed/sub', handlers: { '.wsgi': 'wsgi-script' } },
      ],
    },
    '/inner/inner.wsgi',
    app('mixed/sub/inner.wsgi:application', {
      scriptName: '/inner/inner.wsgi',
      pathInfo: '',
      interpreter: 'SITE|/inner/inner.wsgi',
    }),
  ),
  row(
    'the callable of a folder is not that of a script in it with a mount of its own',
    {
      applications: [
        { mount: '/wsgi/', scripts: 'scripts', callable: 'other' },
        { mount: '/env', script: 'scripts/env.wsgi' },
      ],
    },
    '/env',
    app('scripts/env.wsgi:application', { scriptName: '/env', pathInfo: '' }),
  ),
  row(
    'a script of the same name in a folder below is another one',
    (site) => ({
      applications: [
        { mount: '/', script: 'app.wsgi' },
        { mount: '/wsgi/', scripts: 'scripts', 'process-group': `${site}-two` },
      ],
      'process-groups': { [`${site}-two`]: {} },
    }),
    '/wsgi/app.wsgi',
    app('scripts/app.wsgi:application', {
      scriptName: '/wsgi/app.wsgi',
      pathInfo: '',
      interpreter: 'SITE|/wsgi/app.wsgi',
      group: 'SITE-two',
    }),
  ),
  row(
    'a pattern speaks of the scripts of its folder, not of those in folders below',
    (site) => ({
      applications: [
        { match: '^/m/([^/]+)', script: 'scripts/$1.wsgi' },
        { mount: '/wsgi/', scripts: 'scripts', 'process-group': `${site}-two` },
      ],
      'process-groups': { [`${site}-two`]: {} },
    }),
    '/wsgi/sub/deep.wsgi',
    app('scripts/sub/deep.wsgi:application', {
      scriptName: '/wsgi/sub/deep.wsgi',
      pathInfo: '',
      interpreter: 'SITE|/wsgi/sub/deep.wsgi',
      group: 'SITE-two',
    }),
  ),
  row(
    'the scripts of a pattern are not shown where their folder is listed',
    { directories: [{ url: '/list/', folder: 'scripts', indexes: true }], ...pattern },
    '/list/hello.wsgi',
    status(403),
  ),
  row(
    'static files in a folder of scripts are files',
    {
      directories: [{ url: '/run/', folder: 'scripts', handler: 'wsgi-script' }],
      static: { '/assets/': 'scripts/assets' },
    },
    '/assets/icon.svg',
    file('scripts/assets/icon.svg'),
  ),
  row(
    'multiviews shows no source code, whatever else has a mount in the site',
    { applications: [{ mount: '/', script: 'wiki.wsgi' }], ...mixed({ multiviews: true }) },
    '/mixed/helper',
    status(404),
  ),
  row(
    'a folder of files in a folder in which every file is a script',
    {
      directories: [
        { url: '/mixed/', folder: 'mixed', handler: 'wsgi-script', 'directory-index': ['index.wsgi'] },
        { url: '/inner/', folder: 'mixed/sub', indexes: true },
      ],
    },
    '/inner/leaf.txt',
    file('mixed/sub/leaf.txt'),
  ),
  row(
    'the script of a mount is run in a folder of scripts, too, and not shown',
    { applications: [{ mount: '/', script: 'mixed/helper.py' }], ...mixed({}) },
    '/mixed/helper.py',
    app('mixed/helper.py:application', { scriptName: '/mixed/helper.py', pathInfo: '' }),
  ),
]

export const cases: readonly Case[] = [...mounting, ...directories, ...files, ...groups, ...urls, ...met]
