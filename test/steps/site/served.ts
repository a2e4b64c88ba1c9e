import type { Raw } from '../harness.js'
import { releaseName } from '../../fixtures/site.js'
import { edited } from '../edits.js'

export const other = 'releases/20260101T000000Z-000000000000'

interface Tree {
  readonly hash?: string
  readonly loose?: readonly string[]
}

/** What `current` serves, as the host saw it. */
export const serving = (tree: Tree | null, target?: string): Readonly<Record<string, Raw>> => ({
  release: (recorded) => {
    const is = recorded as { readonly current: object; readonly tree: object }
    return {
      names: [],
      current: target === undefined ? is.current : { ...is.current, target },
      tree: tree === null ? null : { ...is.tree, ...tree },
      built: null,
      base: null,
    }
  },
})

export const nothing: Readonly<Record<string, Raw>> = {
  release: edited({ current: null, names: [], tree: null, built: null, base: null }),
}
export const changed = { hash: '1'.repeat(64) }
export const loose = { loose: [`/srv/notes/releases/${releaseName}/notes/db.py`] }
export const aFileThere: Readonly<Record<string, Raw>> = {
  release: (recorded) => {
    const { current } = recorded as { readonly current: object }
    return { current: { ...current, kind: 'file', target: undefined }, names: [], tree: null, built: null, base: null }
  },
}
