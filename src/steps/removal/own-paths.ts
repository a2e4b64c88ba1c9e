import type { SiteManifest } from '../../probes/manifest.js'
import { sqlitePaths } from '../site/sqlite.js'
import { folderOf, isBelow, nameOf, type Removal } from './removal.js'

export const asidePrefix = '.deploy-flask.removed.'

/** Beside its place: renaming costs nothing, can be taken back, and follows no link. */
export const asideOf = (path: string): string => `${folderOf(path)}/${asidePrefix}${nameOf(path)}`

export const isData = ({ data, sqlite }: SiteManifest, path: string): boolean =>
  path === data || isBelow(path, data) || sqlite.some((file) => sqlitePaths(file).includes(path))

/** What the last phases see to; Apache's files go in the first. */
export const ownPaths = ({ manifest }: Removal): readonly string[] => {
  const { vhost, enabled, include } = manifest
  return Object.keys(manifest.before.paths).filter((path) => ![vhost, enabled, include].includes(path))
}

const isOurs = ({ before }: SiteManifest, path: string): boolean => before.paths[path] === null

/** Sites that have something at a path of ours, or below it. */
export const alsoOf = ({ others }: Removal, path: string): readonly string[] =>
  others
    .filter(({ before }) => Object.keys(before.paths).some((one) => one === path || isBelow(one, path)))
    .map(({ site }) => site)

/** Of all sites that are mounted in those of others. */
const includeFolder = ({ manifest, host, others, unnoted }: Removal): readonly string[] => {
  const folder = folderOf(manifest.include)
  const isLast = unnoted.length === 0 && others.every(({ existingSite }) => existingSite === undefined)
  return isLast && host?.before.paths[folder] === null ? [folder] : []
}

/** Folders in which others may have put something: they go when they are empty. */
export const plainFolders = (removal: Removal): readonly string[] => {
  const { manifest, data } = removal
  const { root, settings, sqlite } = manifest
  const ofData = data ? [] : [manifest.data, ...sqlite.map(folderOf)]
  const ofSite = [root, `${root}/wsgi`, folderOf(settings), ...ofData].filter(
    (path, index, all) => all.indexOf(path) === index && isOurs(manifest, path) && alsoOf(removal, path).length === 0,
  )
  return [...ofSite, ...includeFolder(removal)]
}

/** What goes as a whole, whatever lies in it; of what lies in each other the outermost alone. */
export const goingPaths = (removal: Removal): readonly string[] => {
  const { manifest, data } = removal
  const folders = plainFolders(removal)
  const going = ownPaths(removal).filter(
    (path) =>
      isOurs(manifest, path) &&
      !folders.includes(path) &&
      alsoOf(removal, path).length === 0 &&
      (data || !isData(manifest, path)),
  )
  return going.filter((path) => !going.some((other) => isBelow(path, other)))
}

/** `shop-error.log`, and what logrotate has made of it. */
export const isLogOf = ({ logs }: SiteManifest, name: string): boolean =>
  logs.own && [logs.error, logs.access].some((log) => new RegExp(`^${nameOf(log)}(\\.\\d+(\\.gz)?)?$`).test(name))
