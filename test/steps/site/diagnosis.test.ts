import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/steps/site/diagnosis.js'

const prefix = '[Tue Nov 24 20:54:13.140925 2026] [wsgi:error] [pid 12507:tid 140595259496192] '

const known = [
  ['sqlite3.OperationalError: attempt to write a readonly database', 'SQLite cannot write its database'],
  ['sqlite3.OperationalError: unable to open database file', 'SQLite cannot open its database'],
  ['Unable to stat Python home /srv/notes/venvs/1', 'the daemon cannot use its virtual environment'],
  ["ModuleNotFoundError: No module named 'encodings'", 'the daemon cannot use its virtual environment'],
  ["Target WSGI script '/srv/x.wsgi' does not contain WSGI application 'application'.", 'does not hold the object'],
  ["ModuleNotFoundError: No module named 'flask_login'", 'a Python module is missing'],
  ['IndentationError: unexpected indent', 'the code has a syntax error for this Python'],
  ['SyntaxError: invalid syntax', 'the code has a syntax error for this Python'],
  ['AH01630: client denied by server configuration: /srv/notes', 'Apache refuses access to a file'],
  ['search permissions are missing on a component of the path', 'Apache cannot enter a parent folder'],
  ['Truncated or oversized response headers received from daemon', 'the daemon process died'],
  ['Timeout when reading response headers from daemon process', 'the application did not answer in time'],
  ["KeyError: 'SECRET_KEY'", 'the application raised an error'],
] as const

describe('a line of the error log', () => {
  it.each(known)('%s', (line, cause) => {
    const found = diagnose(['AH00489: resuming normal operations', prefix + line])
    expect(found?.cause).toContain(cause)
    expect(found?.remedy).not.toBe('')
  })

  it('gives its exception to the sentence', () => {
    expect(diagnose([`${prefix}sqlite3.OperationalError: unable to open database file`])?.cause).toBe(
      'SQLite cannot open its database (sqlite3.OperationalError: unable to open database file)',
    )
  })

  it('that is more specific wins, wherever it stands', () => {
    const lines = ['ValueError: no', 'sqlite3.OperationalError: attempt to write a readonly database']
    expect(diagnose(lines)?.cause).toContain('SQLite cannot write its database')
  })

  it('that is known to nobody is not explained', () => {
    expect(diagnose([])).toBeUndefined()
    expect(diagnose(['AH00094: Command line: /usr/sbin/apache2'])).toBeUndefined()
  })
})
