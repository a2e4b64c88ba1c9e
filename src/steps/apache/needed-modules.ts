import type { Site } from '../../core/site.js'
import { usesRewrite } from '../../templates/vhost-environ.js'

/** What every virtual host of ours relies on; all of these but wsgi are enabled on a fresh Ubuntu. */
const always = ['wsgi', 'alias', 'authz_core'] as const

const handlersOf = ({ directories }: Site): readonly string[] =>
  directories.flatMap(({ handlers }) => handlers.map(({ handler }) => handler))

/** A map needs the module even where nothing looks anything up in it. */
const rewrites = ({ environ, directories, rewriteMaps, userDirectories }: Site): boolean =>
  rewriteMaps.length > 0 ||
  userDirectories !== undefined ||
  directories.some(({ fallback }) => fallback !== undefined) ||
  usesRewrite(environ)

/**
 * Names of the modules, as a2enmod knows them, that have the directives of the site's file (httpd: Module Index). A
 * directive whose module is missing stops Apache.
 *
 * @param site complete and validated
 */
export const neededModules = (site: Site): readonly string[] => {
  const { access, directories, environ, headers: ofAll, static: files, timeouts, tls } = site
  const logins = access.some(({ users }) => users.length > 0)
  const features: readonly (readonly [boolean, readonly string[]])[] = [
    [rewrites(site), ['rewrite']],
    [handlersOf(site).includes('cgi-script'), ['cgi']],
    [directories.some(({ handlers, overrides }) => handlers.length > 0 || overrides.length > 0), ['mime']],
    [directories.some(({ multiviews }) => multiviews), ['negotiation', 'mime']],
    [directories.some(({ indexes }) => indexes), ['autoindex', 'dir']],
    [directories.some(({ directoryIndex, overrides }) => directoryIndex.length + overrides.length > 0), ['dir']],
    [environ.some(({ value }) => value.kind === 'fixed'), ['env']],
    [environ.some(({ value }) => value.kind === 'conditional'), ['setenvif']],
    [files.some(({ maxAge }) => maxAge !== undefined), ['expires']],
    [ofAll.length > 0 || tls?.hsts !== undefined || files.some(({ headers }) => headers.length > 0), ['headers']],
    [logins, ['auth_basic', 'authn_core', 'authn_file', 'authz_user']],
    [access.some(({ addresses }) => addresses.length > 0), ['authz_host']],
    // a2enmod would bring the others, too, and nobody would know that they are ours
    [tls !== undefined, ['setenvif', 'mime', 'socache_shmcb', 'ssl']],
    [timeouts.header !== undefined || timeouts.body !== undefined, ['reqtimeout']],
  ]
  return [...new Set([...always, ...features.flatMap(([isUsed, modules]) => (isUsed ? modules : []))])]
}
