import { expect, test } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import { summaryText } from '../../src/render/summary.js'

const summary = {
  host: 'vagrant@10.0.3.7',
  changes: 2,
  milliseconds: 102_000,
  done: [
    { kind: 'create', subject: 'package apache2', run: [] },
    { kind: 'update', subject: 'file /etc/x', run: [] },
  ],
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
  + create package apache2
  ~ update file /etc/x

The site answers
  URL            http://notes.test/
  process group  notes
  user           flask-notes
  Python prefix  /srv/notes/venvs/1

What next
  deploy-flask plan -f '/home/a b/deploy-flask.yml' --exit-code   tells whether the host has drifted (exit code 3)
  deploy-flask apply -f '/home/a b/deploy-flask.yml'              brings the next version, or repairs the drift
`)
})

test('without a report nothing is claimed about the site', () => {
  expect(summaryText({ ...summary, report: undefined }, plainText)).not.toContain('The site answers')
})
