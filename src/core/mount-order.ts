import type { Application, Mount } from './applications.js'

const segments = (path: string): number =>
  path
    .replace(/\[[^\]]*\]/g, 'x')
    .split('/')
    .filter((part) => part !== '').length

/** Of the mounts that match a URL the first wins (mod_wsgi: WSGIScriptAlias), so the longest must stand first. */
const depthOf = (mount: Mount): number => {
  switch (mount.kind) {
    case 'url':
      return segments(mount.url)
    // the name of the script is one segment more
    case 'folder':
      return segments(mount.url) + 1
    case 'pattern':
      return segments(mount.pattern.replace(/^\^|\$$/g, ''))
  }
}

const kinds: readonly Mount['kind'][] = ['url', 'pattern', 'folder']

const textOf = (mount: Mount): string => (mount.kind === 'pattern' ? mount.pattern : mount.url)

/** One order whatever the flags file says: the most specific first, a URL before a pattern before a folder. */
export const compareMounts = (one: Mount, other: Mount): number =>
  depthOf(other) - depthOf(one) ||
  kinds.indexOf(one.kind) - kinds.indexOf(other.kind) ||
  textOf(other).length - textOf(one).length ||
  (textOf(one) < textOf(other) ? -1 : 1)

export const mostSpecificFirst = (applications: readonly Application[]): readonly Application[] =>
  [...applications].sort((one, other) => compareMounts(one.mount, other.mount))
