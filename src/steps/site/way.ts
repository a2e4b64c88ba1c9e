import type { Probe } from '../../core/probe.js'
import { DeployError } from '../../errors.js'
import { entryAt, wayTo, type Changeable, type Entry } from '../../probes/file.js'

/** `path`: of a folder on a way, which is not the one that was asked for. */
type Found = Entry & { readonly path?: string }

/** What lies at the paths, and, by `wayName`, who can change the way to some of them. */
export type FoundPaths = Readonly<Record<string, Found | null>>

const wayName = (path: string): string => `way to ${path}`

export const pathProbes = (
  paths: readonly string[],
  ways: readonly string[],
): Readonly<Record<string, Probe<Found | null>>> => ({
  ...Object.fromEntries(paths.map((path) => [path, entryAt(path)])),
  ...Object.fromEntries(ways.map((path) => [wayName(path), wayTo(path)])),
})

/** Root must not work at a path that somebody else can make another one meanwhile. */
export const refuseThrough = (path: string, way: Changeable | null, remedy: string): readonly DeployError[] =>
  way === null
    ? []
    : [
        new DeployError('PATH_DANGEROUS', {
          what: `the way to ${path} leads through ${way.path} (${way.owner}:${way.group} ${way.mode}), which others than root can change`,
          remedy,
        }),
      ]

export const refuseWay = (path: string, is: FoundPaths, remedy: string): readonly DeployError[] => {
  const way = is[wayName(path)] ?? null
  return way === null ? [] : refuseThrough(path, { ...way, path: way.path ?? path }, remedy)
}
