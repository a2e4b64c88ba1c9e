import { releaseName, shortHash } from '../../fixtures/site.js'
import { edited } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'
import { changed, loose, other, serving } from './served.js'

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
