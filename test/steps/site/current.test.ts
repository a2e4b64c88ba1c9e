import { releaseName, shortHash } from '../../fixtures/site.js'
import { aFolder, edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'
import { aFileThere, changed, nothing, other, serving } from './served.js'

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
const inItsPlace: readonly Shown[] = [
  {
    kind: 'update',
    subject: 'link /srv/notes/current',
    run: [link(`releases/${releaseName}`)],
    undo: ['rm -f /srv/notes/current /srv/notes/current.new'],
  },
]
const firstLink: readonly Shown[] = [
  {
    kind: 'create',
    subject: 'link /srv/notes/current',
    run: [link(`releases/${releaseName}`)],
    undo: ['rm -f /srv/notes/current /srv/notes/current.new'],
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
  'refuses a folder, which no link can replace': {
    answers: { release: edited({ current: JSON.parse(aFolder()) as unknown, names: [], tree: null }) },
    changes: inItsPlace,
    refusals: ['PATH_TAKEN'],
  },
  'replaces a file in its place': {
    answers: aFileThere,
    changes: inItsPlace,
  },
})
