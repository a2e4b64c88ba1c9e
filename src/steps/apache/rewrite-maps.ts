import type { InputlessCommand } from '../../core/command.js'
import type { RewriteMap } from '../../core/httpd.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { entryAt, fileAt, type Entry } from '../../probes/file.js'
import { fileChange, rootOwned, shell } from '../files.js'

/** A map that we write; others are the host's own. */
type OwnMap = RewriteMap & { readonly entries: NonNullable<RewriteMap['entries']> }

const isOwn = (map: RewriteMap): map is OwnMap => map.entries !== undefined

const textOf = ({ entries }: OwnMap): string =>
  '# Managed by deploy-flask: changes made here are replaced.\n' +
  entries.map(([key, value]) => `${key} ${value}\n`).join('')

/** The text that a dbm map is built from lies beside it. */
export const sourceOf = ({ type, path }: Pick<RewriteMap, 'type' | 'path'>): string =>
  type === 'txt' ? path : path.replace(/\.dbm$/, '.txt')

/** Built beside its place and renamed: Apache may look something up at any time. */
const BUILD = `set -e; new="$2.new"; trap 'rm -f "$new"' EXIT
httxt2dbm -i "$1" -o "$new"; chmod 0644 "$new"; mv -fT "$new" "$2"`

const UNBUILD = `set -e; new="$1.new"; rm -f "$new"; trap 'rm -f "$new"' EXIT
if [ ! -e "$2" ]; then rm -f "$1"; exit 0; fi
httxt2dbm -i "$2" -o "$new"; chmod 0644 "$new"; mv -fT "$new" "$1"`

const builds = (map: OwnMap): InputlessCommand =>
  shell(`httxt2dbm -i ${sourceOf(map)} -o ${map.path}`, BUILD, sourceOf(map), map.path)

const unbuilds = (map: OwnMap): InputlessCommand => shell(`rebuild ${map.path}`, UNBUILD, map.path, sourceOf(map))

/** The text and what is built from it change, and are taken back, together. */
const dbm = (map: OwnMap, text: readonly Change[], isBuilt: boolean): readonly Change[] => {
  const [change] = text
  if (change !== undefined) {
    return [{ ...change, run: [...change.run, builds(map)], undo: [...(change.undo ?? []), unbuilds(map)] }]
  }
  if (isBuilt) return []
  const reason = `built from ${sourceOf(map)}`
  return [{ kind: 'update', subject: `rewrite map ${map.path}`, reason, run: [builds(map)], undo: [unbuilds(map)] }]
}

/**
 * Tables that RewriteMap names (httpd: Using RewriteMap, txt and dbm; httxt2dbm). Apache sees by their times when they
 * have changed, so nothing has to be reloaded.
 *
 * @param all maps of the site; those without entries are the host's own and are not touched
 */
export const rewriteMaps = (all: readonly RewriteMap[]): Step => {
  const wanted = all.filter(isOwn)
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const map of wanted) {
    probes[sourceOf(map)] = fileAt(sourceOf(map))
    if (map.type === 'dbm') probes[map.path] = entryAt(map.path)
  }
  return defineStep({
    id: 'apache.rewrite-maps',
    why: 'tables that variables of requests are looked up in',
    title: `Rewrite maps ${wanted.map(({ name }) => name).join(', ')}`,
    probes,
    plan: (is) =>
      wanted.flatMap((map): readonly Change[] => {
        const source = is[sourceOf(map)] ?? null
        const text = fileChange(sourceOf(map), source, textOf(map), rootOwned('0644'))
        if (map.type === 'txt') return text
        const built = is[map.path] ?? null
        const isBuilt =
          built?.kind === 'file' && built.mode === '0644' && source !== null && built.modified >= source.modified
        return dbm(map, text, isBuilt)
      }),
  })
}
