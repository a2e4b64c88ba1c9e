import { describe, expect, it } from 'vitest'
import { neededModules } from '../../../src/steps/apache/needed-modules.js'
import type { Flags } from '../../fixtures/sites.js'
import { siteFor } from '../harness.js'

const always = ['wsgi', 'alias', 'authz_core']

/** Without anything that needs a module. */
const plain: Flags = {
  ...{ directories: [], applications: [], 'process-groups': {}, static: {}, environ: {}, 'rewrite-maps': {} },
  ...{ authentication: undefined, access: [] },
}

const modulesOf = async (flags: Flags): Promise<readonly string[]> =>
  neededModules(await siteFor({ of: 'shop', flags: { ...plain, ...flags } }))

const directory = (more: object = {}) => ({
  directories: [{ url: '/tools/', folder: 'tools', handlers: { '.wsgi': 'wsgi-script' }, ...more }],
})
const conditional = (when: object) => ({ environ: { 'shop.debug': { default: '0', when: [{ ...when, value: '1' }] } } })
const map = { 'shop.tier': { map: 'tiers', key: '%{REQUEST_URI}', default: 'none' } }
const tiers = { 'rewrite-maps': { tiers: { entries: { '/gold': 'first' } } } }
const users = { authentication: { users: { ann: { env: 'SHOP_ANN' } } } }

describe('the modules of Apache that a site needs', () => {
  it.each<readonly [string, Flags, readonly string[]]>([
    ['nothing in particular', {}, []],
    ['a variable', { environ: { 'shop.mail': 'mailhost' } }, ['env']],
    ['a variable by header', conditional({ attribute: 'User-Agent', matches: 'curl' }), ['setenvif']],
    ['a variable by rewrite condition', conditional({ test: '%{HTTPS}', matches: 'on' }), ['rewrite', 'setenvif']],
    ['a variable by map', { environ: map, ...tiers }, ['rewrite']],
    ['a map that nothing uses yet', tiers, ['rewrite']],
    ['home directories', { 'user-directories': 'public_html/wsgi' }, ['rewrite']],
    ['scripts by extension', directory(), ['mime']],
    ['every file a script', directory({ folder: 'scripts', handlers: undefined, handler: 'wsgi-script' }), []],
    ['CGI scripts', directory({ handlers: { '.cgi': 'cgi-script' } }), ['cgi', 'mime']],
    ['URLs without extension', directory({ multiviews: true }), ['mime', 'negotiation']],
    ['a listing', directory({ indexes: true }), ['mime', 'autoindex', 'dir']],
    ['an index', directory({ 'directory-index': ['index.html'] }), ['mime', 'dir']],
    ['.htaccess files', directory({ handlers: undefined, htaccess: ['FileInfo', 'Indexes'] }), ['mime', 'dir']],
    [
      'a script for everything else',
      { wsgi: undefined, ...directory({ url: '/', fallback: { script: 'hello.wsgi' } }) },
      ['rewrite', 'mime'],
    ],
    ['static files', { static: { '/static/': 'static' } }, []],
    ['files that may be kept', { static: { '/static/': { path: 'static', 'max-age': 60 } } }, ['expires']],
    ['files with headers', { static: { '/static/': { path: 'static', headers: { 'X-A': 'b' } } } }, ['headers']],
    ['addresses', { access: [{ url: '/a/', addresses: ['192.0.2.0/24'] }] }, ['authz_host']],
    [
      'logins',
      { ...users, access: [{ url: '/a/', users: 'any' }] },
      ['auth_basic', 'authn_core', 'authn_file', 'authz_user'],
    ],
    ['nobody at all', { access: [{ url: '/a/', deny: true }] }, []],
    ['slow clients', { timeouts: { header: 10 } }, ['reqtimeout']],
    ['slow bodies', { timeouts: { body: 10 } }, ['reqtimeout']],
    ['an idle timeout', { timeouts: { idle: 10 } }, []],
  ])('for %s', async (_what, flags, more) => {
    const modules = await modulesOf(flags)
    expect(modules.slice(0, 3)).toEqual(always)
    expect([...modules.slice(3)].sort()).toEqual([...more].sort())
  })

  it('are named once each', async () => {
    const modules = neededModules(await siteFor({ of: 'shop' }))
    expect(modules).toHaveLength(new Set(modules).size)
    expect(modules).toContain('cgi')
  })
})
