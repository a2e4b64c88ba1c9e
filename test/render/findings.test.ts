import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/doctor/rule.js'
import { plainText } from '../../src/render/colour.js'
import { findingsDocument, findingsText, type Examination } from '../../src/render/findings.js'
import { poisons } from './poison.js'

const finding: Finding = {
  rule: 'sqlite-readonly',
  severity: 'error',
  cause: 'SQLite cannot write its database',
  evidence: [
    { text: '/srv/notes/data cannot be written by flask-notes' },
    {
      text: '[Mon Nov 30 09:06:08.522282 2026] [wsgi:error] readonly',
      source: '/var/log/apache2/notes-error.log',
      at: 0,
    },
    { text: 'Fatal Python error', source: '/var/log/apache2/error.log', at: 1_795_000_000.5 },
  ],
  remedy: 'name the file in "sqlite"',
  repair: 'apply',
  past: false,
}

const examination: Examination = {
  ...{ host: 'me@web1', site: 'notes', url: 'http://notes.test/health', status: 500, findings: [finding] },
  again: ' -f deploy-flask.yml',
}

describe('what was found', () => {
  it('is shown with cause, evidence, remedy and the command that repairs it', () => {
    expect(findingsText(examination, plainText)).toBe(`error sqlite-readonly: SQLite cannot write its database
evidence:
    /srv/notes/data cannot be written by flask-notes
    /var/log/apache2/notes-error.log: [Mon Nov 30 09:06:08.522282 2026] [wsgi:error] readonly
    /var/log/apache2/error.log: 2026-11-18T11:06:40Z Fatal Python error
what to do: name the file in "sqlite"
command: deploy-flask apply -f deploy-flask.yml

http://notes.test/health on me@web1 answers with 500
`)
  })

  it('is nothing: that is said, too', () => {
    expect(findingsText({ ...examination, findings: [], status: 200 }, plainText)).toBe(
      'nothing found: http://notes.test/health on me@web1 answers with 200\n',
    )
  })

  it('is a document for programs', () => {
    const { findings, ...about } = findingsDocument(examination)
    expect(about).toEqual({ version: 1, host: 'me@web1', site: 'notes', url: 'http://notes.test/health', status: 500 })
    expect(findings).toMatchObject([
      { rule: 'sqlite-readonly', past: false, command: 'deploy-flask apply -f deploy-flask.yml' },
    ])
    expect(findings[0]?.evidence[2]).toEqual({
      ...{ text: 'Fatal Python error', source: '/var/log/apache2/error.log', at: '2026-11-18T11:06:40Z' },
    })
  })

  it.each(poisons)('shows nothing that a terminal would obey: %j', (text) => {
    const evidence = [{ text, source: text, at: 0 }]
    const shown = findingsText({ ...examination, findings: [{ ...finding, evidence }] }, plainText)
    expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  })
})
