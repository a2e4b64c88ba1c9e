import { layoutOf } from '../../../src/steps/site/layout.js'
import { releaseName, sampleSite } from '../../fixtures/site.js'
import { absent, withContent } from '../edits.js'
import { stepCases, type Shown } from '../harness.js'

const { venv } = layoutOf(sampleSite())
const before = '20260101T000000Z-000000000000'

const noted = (release = releaseName): readonly Shown[] => [
  {
    kind: 'run',
    subject: 'history /var/lib/deploy-flask/notes/history',
    reason: `${release} goes live`,
    run: [`note that ${release} is live`],
    undo: [`note that ${release} is taken back`],
  },
]

const line = (event: string, release: string | null): string =>
  `${JSON.stringify({ at: '2026-01-01T00:00:00Z', event, release, venv })}\n`

const history = (...lines: readonly string[]) => ({ history: withContent(lines.join('')) })

stepCases('site.history', {
  pristine: { changes: noted() },
  converged: {},
  'begins anew when it was deleted': { answers: { history: absent }, changes: noted() },
  'is written when another release was online': { answers: history(line('live', before)), changes: noted() },
  'is as before where a release was taken back': {
    answers: history(line('live', releaseName), line('live', before), line('taken back', before)),
  },
  'is written when somebody went back from this release': {
    answers: history(line('live', before), line('live', releaseName), line('rolled back', releaseName)),
    changes: noted(),
  },
  'leaves out lines that nobody can read': {
    answers: history(line('live', releaseName), 'by hand\n', '{"at":1}\n'),
  },
  'knows no release where the code lay on the host before': {
    flags: { code: { path: '/home/me/notes' }, venv: '/home/me/venv', requirements: false },
    on: 'pristine',
    changes: [
      {
        kind: 'run',
        subject: 'history /var/lib/deploy-flask/notes/history',
        reason: 'venv goes live',
        run: ['note that venv is live'],
        undo: ['note that venv is taken back'],
      },
    ],
  },
})
