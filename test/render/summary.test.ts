import { expect, test } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import type { Event } from '../../src/core/event.js'
import { nothingToDoText, summaryText } from '../../src/render/summary.js'
import { Tally } from '../../src/render/tally.js'

const summary = {
  host: 'vagrant@10.0.3.7',
  changes: 2,
  milliseconds: 102_000,
  phases: [
    {
      phase: 'Packages',
      milliseconds: 101_000,
      changes: [
        { kind: 'create', subject: 'package apache2', run: [] },
        { kind: 'update', subject: 'file /etc/x', run: [] },
      ],
    },
  ],
  url: 'http://notes.test/',
  report: {
    url: 'http://notes.test/',
    processGroup: 'notes',
    user: 'flask-notes',
    pythonPrefix: '/srv/notes/venvs/1',
  },
  again: " -f '/home/a b/deploy-flask.yml'",
} as const

test('the summary says what changed, how long it took, where the site is and what can be done next', () => {
  expect(summaryText(summary, plainText)).toBe(`Done: 2 changes on vagrant@10.0.3.7 in 1 min 42 s
  Packages 1 min 41 s
    + create package apache2
    ~ update file /etc/x

The site answers
  URL            http://notes.test/
  process group  notes
  user           flask-notes
  Python prefix  /srv/notes/venvs/1

What next
  deploy-flask plan -f '/home/a b/deploy-flask.yml' --exit-code
    tells whether the host has drifted (exit code 3)
  deploy-flask apply -f '/home/a b/deploy-flask.yml'
    brings the next version, or repairs the drift
`)
})

test('without a report nothing is claimed about the site but where it is', () => {
  const text = summaryText({ ...summary, report: undefined }, plainText)
  expect(text).not.toContain('The site answers')
  expect(text).toContain('\nURL: http://notes.test/\n')
})

test('a run with nothing to do is told in one line that claims no more than was seen', () => {
  expect(nothingToDoText({ ...summary, milliseconds: 410 }, plainText)).toBe(
    'nothing to do: http://notes.test/ on vagrant@10.0.3.7 is as it should be (0.4 s)\n',
  )
})

test('changes are counted by phase, and a phase without any is left out', () => {
  const tally = new Tally()
  const change = { kind: 'create', subject: 'x', run: [] } as const
  const events: readonly Event[] = [
    { type: 'step.start', phase: 'One', step: 'a.one', title: 'One' },
    { type: 'step.start', phase: 'Two', step: 'a.two', title: 'Two' },
    { type: 'step.change', step: 'a.two', change },
    { type: 'phase.done', phase: 'One', milliseconds: 1 },
    { type: 'phase.done', phase: 'Two', milliseconds: 2 },
  ]
  for (const event of events) tally.take(event)
  expect(tally.phases).toEqual([{ phase: 'Two', milliseconds: 2, changes: [change] }])
})
