import { layoutOf } from '../../../src/steps/site/layout.js'
import { releaseName, sampleSite } from '../../fixtures/site.js'
import { aFile, aFolder, edited } from '../edits.js'
import { stepCases, type Raw, type Shown } from '../harness.js'

const olderReleases = [
  '20260101T000000Z-aaaaaaaaaaaa',
  '20260102T000000Z-bbbbbbbbbbbb',
  '20260103T000000Z-cccccccccccc',
]
const releases = (...names: readonly string[]): Raw => edited({ names: [...names, releaseName].sort() })

const mine = layoutOf(sampleSite()).venv.split('/').at(-1) ?? ''
const venvs = (entries: readonly string[]): Raw => `[${entries.join(',')}]`
const venv = (name: string, modified: number) => aFolder({ name, modified })

const removed = (kind: 'release' | 'venv', folder: string, name: string): Shown => ({
  kind: 'remove',
  subject: `${kind} ${name}`,
  reason: 'only the last 3 are kept',
  run: [`remove /srv/notes/${folder}/${name}`],
})

const wheel = { path: 'shop-1.0.tar.gz', place: '/srv/notes/wheels/aa/shop-1.0.tar.gz', sha256: 'aa' }

stepCases('site.leftovers', {
  pristine: {},
  converged: {},
  'are none on a host that serves PHP': { on: 'php' },
  'stay while there are no more releases than are kept': { answers: { release: releases(...olderReleases.slice(1)) } },
  'go with the oldest release': {
    answers: { release: releases(...olderReleases) },
    changes: [removed('release', 'releases', '20260101T000000Z-aaaaaaaaaaaa')],
  },
  'are not what an upload is about to become': {
    answers: { release: releases('.new.aaaaaa', ...olderReleases.slice(1)) },
  },
  'leave the release that is served, however old it is': {
    answers: {
      release: (recorded) => ({
        ...(recorded as object),
        names: [releaseName, '20990101T000000Z-a', '20990102T000000Z-b', '20990103T000000Z-c'],
      }),
    },
    changes: [removed('release', 'releases', '20990101T000000Z-a')],
  },
  'go with the oldest venv, and the one of the site stays however old it is': {
    answers: { venvs: venvs([venv('b', 3), venv('c', 4), venv('a', 2), venv(mine, 1)]) },
    changes: [removed('venv', 'venvs', 'a')],
  },
  'are no venv that is mounted there': {
    answers: {
      venvs: venvs([aFolder({ name: 'a', modified: 2, mounted: true }), venv('b', 3), venv('c', 4), venv(mine, 5)]),
    },
  },
  'are packages that came with code of before': {
    site: { requirements: { text: sampleSite().requirements.text, packages: [wheel] } },
    answers: { packages: venvs([aFolder({ name: 'aa' }), aFolder({ name: 'bb' })]) },
    changes: [
      {
        kind: 'remove',
        subject: 'packages bb',
        reason: 'no requirement names them any more',
        run: ['remove /srv/notes/wheels/bb'],
      },
    ],
  },
  'are not what else lies beside the venvs': {
    answers: {
      venvs: venvs([aFile({ name: 'notes.txt' }), venv('.kept', 1), venv('a', 2), venv('b', 3), venv(mine, 4)]),
    },
  },
})
