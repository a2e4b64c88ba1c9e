import type { Site } from '../core/site.js'
import { directive, section, type Node } from './apache.js'
import { granted } from './vhost-applications.js'

/** The folder of the site: nothing in it is opened by that. */
export const root = (site: Site): Node =>
  section('Directory', [site.root], 'root: the folder of the site', [
    directive('Options', ['SymLinksIfOwnerMatch'], 'root: a link may lead to what has the same owner'),
    directive('AllowOverride', ['None'], 'root: no .htaccess file is read'),
  ])

export const logs = ({ name }: Site): readonly Node[] => [
  directive('ErrorLog', [{ as: `\${APACHE_LOG_DIR}/${name}-error.log` }], 'site: names its error log'),
  directive('CustomLog', [{ as: `\${APACHE_LOG_DIR}/${name}-access.log` }, 'combined'], 'site: names its access log'),
]

/** Hidden files and folders (.git, .env) are never meant to be downloaded. `within`: of these folders only. */
export const hidden = (site: Site, within: (folder: string) => string): readonly Node[] => {
  const because = 'always: files and folders with hidden names (.git, .env) are not served'
  const shown = [
    ...site.directories.map(({ folder }) => folder),
    ...site.static.filter(({ url }) => url.endsWith('/')).map(({ path }) => path),
  ]
  return [...new Set(shown.map(within))].map((start) =>
    section('DirectoryMatch', [`${start}/\\.(?!well-known(/|$))`], because, [
      directive('Require', ['all', 'denied'], because),
    ]),
  )
}

/** Where an application or a folder has the whole site, nothing reaches the empty folder. */
const isReached = ({ applications, directories }: Site): boolean =>
  !applications.some(({ mount }) => mount.kind === 'url' && mount.url === '/') &&
  !directories.some(({ url }) => url === '/')

/** A URL that nobody has is answered with 404, not with 403 as from a closed folder. */
export const emptyFolder = (folder: string): Node =>
  section('Directory', [folder], 'always: what nothing here answers is not found', [
    directive('Options', ['None'], 'always: there is nothing in it'),
    directive('AllowOverride', ['None'], 'always: no .htaccess file is read'),
    granted('always: open to every client'),
  ])

export const documentRoot = (
  site: Site,
  { documentRoot: empty }: { readonly documentRoot: string },
): readonly Node[] => {
  const top = site.directories.find(({ url }) => url === '/')
  if (top !== undefined) return [directive('DocumentRoot', [top.folder], `${top.from}.folder: its url is /`)]
  return [
    directive('DocumentRoot', [empty], 'always: an empty folder, so that no code is ever below it'),
    ...(isReached(site) ? [emptyFolder(empty)] : []),
  ]
}
