import * as fc from 'fast-check'
import type { FlagsFile } from '../../src/config/schema.js'
import type { Asked } from './world.js'

/** Where a URL begins, and what is put behind it; which is which is for the flags file to say. */
export interface UrlChoice {
  readonly base: number
  readonly twist: string
  readonly byAlias: boolean
  readonly header: boolean
}

const twists = [
  '',
  '/',
  '/x',
  '/x/y/',
  'x',
  '.x',
  '//x',
  '/./x/../y',
  '/../wiki',
  '/..',
  '/caf%C3%A9/%20b',
  '/%68ello',
  '/a%2Fb',
  '/%zz',
  '?q=/wiki',
  '/x?a=b',
  '/index.html',
  '/.hidden',
  '/none.py',
  '/none.wsgi',
  '/style.css',
  '/main.css',
  '/main',
  '/logo.svg',
  '/img',
  '/img/logo.svg',
  '/hello.wsgi',
  '/hello.wsgi/more',
  '/hello',
  '/hello/more/',
  '/env',
  '/app.wsgi',
  '/app',
  '/plain.py',
  '/helper.py',
  '/helper',
  '/index.wsgi',
  '/tool.cgi/info',
  '/tool',
  '/old.wsgi.bak',
  '/old.wsgi.html',
  '/Helper.PY',
  '/old.py~',
  '/left.wsgi',
  '/page.html',
  '/page',
  '/page.html/x',
  '/note.txt',
  '/sub',
  '/sub/',
  '/sub/deep.wsgi/x',
  '/sub/hello.wsgi',
  '/wiki.wsgi',
  '/sub/inner',
  '/sub/inner.wsgi',
  '/sub/leaf.txt',
  '/docs',
  '/docs/',
  '/docs/guide.txt',
  '/site.wsgi/x',
  '/more.wsgi',
  '/terms.txt',
  '/down/load.txt',
  '/down/name%20with%20blank.txt',
  '/assets/icon.svg',
  '/assets/tool.wsgi',
  '/readme.txt',
  '/favicon.ico',
  '/hello.app',
  '/tools/hello.wsgi',
]

/** Examples of what the patterns of the arbitraries match. */
const examples = [
  '/m',
  '/m/hello',
  '/t/hello',
  '/t/wiki',
  '/x/helper',
  '/hello.app',
  '/by/a/env',
  '/v12',
  '/v1x',
  '/main.css',
  '/css/main',
  '/logo-7',
]

/** Every URL that the flags file names, the sites of nobody, and one in which only the last character differs. */
const basesOf = (flags: FlagsFile): readonly string[] => {
  const named = [
    flags.mount,
    ...flags.applications.flatMap(({ mount, static: files }) => [
      ...(mount === undefined ? [] : [mount]),
      ...Object.keys(files).map((url) => `${(mount ?? '').replace(/\/$/, '')}${url}`),
    ]),
    ...flags.directories.map(({ url }) => url),
    ...Object.keys(flags.static),
    ...(flags['user-directories'] === undefined ? [] : ['/~alice']),
  ].map((url) => url.replace(/\/$/, ''))
  const patterns = [
    ...flags.applications.map(({ match }) => match),
    ...flags['static-patterns'].map(({ match }) => match),
  ]
  const matching = examples.filter((url) => patterns.some((one) => one !== undefined && new RegExp(one).test(url)))
  return [...new Set([...named, ...matching, '', '/nobody'])]
}

export const urlChoices: fc.Arbitrary<UrlChoice> = fc.record({
  base: fc.nat({ max: 40 }),
  twist: fc.constantFrom(...twists),
  byAlias: fc.boolean(),
  header: fc.boolean(),
})

export const askedOf = (flags: FlagsFile, { base, twist, byAlias, header }: UrlChoice): Asked => {
  const bases = basesOf(flags)
  const path = `${bases[base % bases.length] ?? ''}${twist}`
  const name = (byAlias ? flags['server-aliases'][0] : undefined) ?? flags['server-name']
  return {
    path: path.startsWith('/') ? path : `/${path}`,
    host: flags.port === 80 ? name : `${name}:${flags.port}`,
    ...(header ? { headers: { 'x-model': 'two' } } : {}),
  }
}
