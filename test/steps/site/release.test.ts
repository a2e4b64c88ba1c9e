import { releaseName, shortHash } from '../../fixtures/site.js'
import { edited } from '../edits.js'
import { stepCases, type Raw, type Shown } from '../harness.js'

const folder = `/srv/notes/releases/${releaseName}`

const unpacked = (reason?: string): readonly Shown[] => [
  {
    kind: 'create',
    subject: `release ${shortHash}`,
    ...(reason === undefined ? {} : { reason }),
    run: [`unpack 14 files into ${folder}`],
    undo: [`remove release ${releaseName}`],
  },
]

const other = 'releases/20260101T000000Z-000000000000'

interface Tree {
  readonly hash?: string
  readonly loose?: readonly string[]
}

/** What `current` serves, as the host saw it. */
const serving = (tree: Tree | null, target?: string): Readonly<Record<string, Raw>> => ({
  release: (recorded) => {
    const is = recorded as { readonly current: object; readonly tree: object }
    return {
      names: [],
      current: target === undefined ? is.current : { ...is.current, target },
      tree: tree === null ? null : { ...is.tree, ...tree },
    }
  },
})

const nothing: Readonly<Record<string, Raw>> = { release: edited({ current: null, names: [], tree: null }) }
const changed = { hash: '1'.repeat(64) }
const loose = { loose: [`${folder}/notes/db.py`] }
const aFileThere: Readonly<Record<string, Raw>> = {
  release: (recorded) => {
    const { current } = recorded as { readonly current: object }
    return { current: { ...current, kind: 'file', target: undefined }, names: [], tree: null }
  },
}

stepCases('site.release', {
  pristine: { changes: unpacked() },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: unpacked() },
  'is unpacked when the code has changed at home': { answers: serving(changed, other), changes: unpacked() },
  'is unpacked anew when it was changed on the host': {
    answers: serving(changed),
    changes: unpacked(`releases/${releaseName} was changed on the host`),
  },
  'is unpacked anew when an owner or a mode was changed on the host': {
    answers: serving(loose),
    changes: unpacked(`owner or mode was changed: ${folder}/notes/db.py`),
  },
  'is unpacked anew when it was deleted': {
    answers: serving(null),
    changes: unpacked(`releases/${releaseName}, which is served, does not exist`),
  },
  'is unpacked anew when current leads out of the releases': {
    answers: serving({}, '/home/me/notes'),
    changes: unpacked('/home/me/notes is not one of the releases'),
  },
  'is not sent twice in one run': { answers: { release: edited({ current: null, tree: null }) } },
})

const link = (target: string) => `link /srv/notes/current -> ${target}`
const linked = (reason: string, before: string): readonly Shown[] => [
  {
    kind: 'update',
    subject: 'link /srv/notes/current',
    reason,
    run: [link(`releases/${releaseName}`)],
    undo: [link(before)],
  },
]
const firstLink: readonly Shown[] = [
  {
    kind: 'create',
    subject: 'link /srv/notes/current',
    run: [link(`releases/${releaseName}`)],
    undo: ['rm -f /srv/notes/current'],
  },
]

stepCases('site.current', {
  pristine: { changes: firstLink },
  converged: {},
  'is made when it is gone': { answers: nothing, changes: firstLink },
  'is swapped when the code has changed at home, and its undo swaps it back': {
    answers: serving(changed, other),
    changes: linked(`${other} becomes ${shortHash}`, other),
  },
  'is swapped when its release was deleted': {
    answers: serving(null),
    changes: linked(`releases/${releaseName} becomes ${shortHash}`, `releases/${releaseName}`),
  },
  'replaces a file in its place': {
    answers: aFileThere,
    changes: [
      {
        kind: 'update',
        subject: 'link /srv/notes/current',
        run: [link(`releases/${releaseName}`)],
        undo: ['rm -f /srv/notes/current'],
      },
    ],
  },
})
