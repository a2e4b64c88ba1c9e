import type { Probe, StateOf } from '../../core/probe.js'
import { entryAt, folderAt, mountsIn, wayTo, type Changeable, type Entry, type NamedEntry } from '../../probes/file.js'
import type { Owned } from '../../probes/manifest.js'
import { alsoOf, asideOf, asidePrefix, goingPaths, isData, isLogOf, ownPaths, plainFolders } from './own-paths.js'
import { folderOf, isBelow, nameOf, stays, type Removal } from './removal.js'

const logFolder = '/var/log/apache2'

type Asked = { readonly logs: Probe<readonly NamedEntry[]> } & Readonly<
  Record<`path ${string}` | `aside ${string}`, Probe<Entry | null>>
> &
  Readonly<Record<`in ${string}`, Probe<readonly NamedEntry[]>>> &
  Readonly<Record<`way ${string}`, Probe<Changeable | null>>> &
  Readonly<Record<`mounts ${string}`, Probe<readonly string[]>>>

const named = <K extends string, T>(
  kind: K,
  paths: readonly string[],
  of: (path: string) => T,
): Record<`${K} ${string}`, T> =>
  // Object.fromEntries forgets the form of the keys, which is the one above.
  Object.fromEntries(paths.map((path) => [`${kind} ${path}`, of(path)])) as Record<`${K} ${string}`, T>

/** What lies where the site has anything. */
export const probesOf = (removal: Removal): Asked => {
  const going = goingPaths(removal)
  return {
    logs: folderAt(logFolder),
    ...named('path', [...ownPaths(removal), ...plainFolders(removal)], entryAt),
    ...named('aside', going, (path) => entryAt(asideOf(path))),
    ...named('in', plainFolders(removal), folderAt),
    ...named('way', ownPaths(removal), (path) => wayTo(folderOf(path))),
    ...named('mounts', going, mountsIn),
  }
}

export type FoundPaths = StateOf<Asked>

export interface Going {
  readonly path: string
  readonly entry: Entry
  /** What is mounted there or below. */
  readonly mounts: readonly string[]
}

/** Whoever can exchange a folder on the way could have root delete something else. */
const isSafe = (is: FoundPaths, path: string): boolean => (is[`way ${path}`] ?? null) === null

const goingLogs = ({ manifest, data }: Removal, { logs }: FoundPaths): readonly NamedEntry[] =>
  data ? logs.filter(({ name }) => isLogOf(manifest, name)) : []

/** What is still in its place. */
export const goingOf = (removal: Removal, is: FoundPaths): readonly Going[] => [
  ...goingPaths(removal).flatMap((path) => {
    const entry = is[`path ${path}`] ?? null
    return entry === null || !isSafe(is, path) ? [] : [{ path, entry, mounts: is[`mounts ${path}`] ?? [] }]
  }),
  ...goingLogs(removal, is).map((entry) => ({ path: `${logFolder}/${entry.name}`, entry, mounts: [] })),
]

/** What lies aside, or will when it is in its place no more. */
export const asidesOf = (removal: Removal, is: FoundPaths): readonly string[] => {
  const { manifest } = removal
  const left = goingPaths(removal).filter((path) => (is[`aside ${path}`] ?? null) !== null)
  const logs = is.logs.flatMap(({ name }) =>
    name.startsWith(asidePrefix) && isLogOf(manifest, name.slice(asidePrefix.length)) ? [`${logFolder}/${name}`] : [],
  )
  const paths = [...goingOf(removal, is).map(({ path }) => path), ...left].map(asideOf)
  return [...new Set([...paths, ...logs])].sort()
}

/** Folders that will be empty, those within others first. */
export const emptiedOf = (removal: Removal, is: FoundPaths): readonly string[] => {
  const gone = new Set(asidesOf(removal, is))
  for (const { path } of goingOf(removal, is)) gone.add(path)
  const folders = plainFolders(removal).toSorted((one, other) => other.length - one.length)
  return folders.filter((folder) => {
    if (is[`path ${folder}`]?.kind !== 'directory' || is[`path ${folder}`]?.mounted === true) return false
    const left = (is[`in ${folder}`] ?? []).filter(({ name }) => !gone.has(`${folder}/${name}`))
    if (left.length === 0) gone.add(folder)
    return left.length === 0
  })
}

interface Changed {
  readonly path: string
  readonly entry: Entry
  readonly was: NonNullable<Owned>
}

/** What was there before and is somebody else's now. */
export const changedOf = (removal: Removal, is: FoundPaths): readonly Changed[] => {
  const { manifest } = removal
  return ownPaths(removal).flatMap((path) => {
    const entry = is[`path ${path}`] ?? null
    const was = manifest.before.paths[path] ?? null
    if (entry === null || was === null || entry.kind !== was.kind || !isSafe(is, path)) return []
    if (entry.kind !== 'directory' && !isData(manifest, path)) return []
    const isSame = entry.owner === was.owner && entry.group === was.group && entry.mode === was.mode
    return isSame || alsoOf(removal, path).length > 0 ? [] : [{ path, entry, was }]
  })
}

/** Data that stays belongs to an account, which then has to stay, too. */
export const dataStays = (removal: Removal, is: FoundPaths): boolean => {
  const gone = [...goingOf(removal, is).map(({ path }) => path), ...emptiedOf(removal, is)]
  return ownPaths(removal).some(
    (path) =>
      isData(removal.manifest, path) &&
      (is[`path ${path}`] ?? null) !== null &&
      !gone.some((one) => one === path || isBelow(path, one)),
  )
}

/** Why something of the site is left where it is; undefined: it speaks for itself. */
const reasonFor = (removal: Removal, is: FoundPaths, path: string): string | undefined => {
  const { manifest, data } = removal
  const also = alsoOf(removal, path)
  if (also.length > 0) return stays(path, also)
  const was = manifest.before.paths[path] ?? null
  if (!isSafe(is, path)) return `${path} (others than root can change the way to it: it is left to you)`
  if (was !== null) {
    if (was.kind !== 'directory') return `${path} (it was there before)`
    return isData(manifest, path) ? `${path} (it was there before, and so may be what lies in it)` : undefined
  }
  if (isData(manifest, path)) return data ? undefined : `${path} (data: only --data removes it)`
  const foreign = (is[`in ${path}`] ?? []).filter(({ name }) => !(`${path}/${name}` in manifest.before.paths))
  if (foreign.length === 0) return undefined
  return `${path} (it holds what deploy-flask has not put there: ${foreign.map(({ name }) => nameOf(name)).join(', ')})`
}

/** What is left of the site itself, the outermost of it. */
export const keptOf = (removal: Removal, is: FoundPaths): readonly string[] => {
  const { manifest, data } = removal
  const gone = [...goingOf(removal, is).map(({ path }) => path), ...emptiedOf(removal, is)]
  const left = ownPaths(removal).filter(
    (path) => (is[`path ${path}`] ?? null) !== null && !gone.some((one) => one === path || isBelow(path, one)),
  )
  const told = left.filter((path) => reasonFor(removal, is, path) !== undefined)
  return [
    ...told
      .filter((path) => !told.some((other) => isBelow(path, other) && isData(manifest, other)))
      .flatMap((path) => reasonFor(removal, is, path) ?? []),
    ...(manifest.releases ? [] : [`${manifest.code} (the code, which was there before)`]),
    ...(data || !is.logs.some(({ name }) => isLogOf(manifest, name))
      ? []
      : [`${manifest.logs.error} and ${manifest.logs.access} (only --data removes them)`]),
  ]
}
