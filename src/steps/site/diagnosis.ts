export interface Diagnosis {
  readonly cause: string
  readonly remedy: string
}

/** What a line of Apache's error log means. The first that matches wins; the more specific stand first. */
const known: readonly (readonly [RegExp, string, string])[] = [
  [
    /attempt to write a readonly database/,
    'SQLite cannot write its database',
    'name the file in "sqlite", so that it and its folder are given to the daemon',
  ],
  [
    /unable to open database file/,
    'SQLite cannot open its database',
    'use an absolute path in <root>/data and name it in "sqlite"',
  ],
  [
    /Unable to stat Python home|No module named 'encodings'|Python home .* is not/,
    'the daemon cannot use its virtual environment',
    'run this again: a broken venv is repaired; check that every parent folder can be entered',
  ],
  [
    /does not contain WSGI application/,
    'the module does not hold the object that "wsgi" names',
    'set "wsgi" to module:object or module:factory()',
  ],
  [
    /ModuleNotFoundError: No module named '([^']+)'/,
    'a Python module is missing',
    'add it to the requirements, or check the folder in "code"',
  ],
  [
    /(IndentationError|SyntaxError)/,
    'the code has a syntax error for this Python',
    'the host runs Python 3.6: newer syntax does not work there',
  ],
  [
    /client denied by server configuration/,
    'Apache refuses access to a file',
    'check Require lines of other configuration files for this path',
  ],
  [
    /search permissions are missing on a component of the path/,
    'Apache cannot enter a parent folder',
    'move the code below /srv, or give others the right to enter (chmod o+x)',
  ],
  [
    /Truncated or oversized response headers/,
    'the daemon process died while it answered',
    'look for "Segmentation fault" in /var/log/apache2/error.log',
  ],
  [
    /Timeout when reading response headers/,
    'the application did not answer in time',
    'look what it waits for at start-up; check.path may be too slow',
  ],
  [/(\w+Error): (.+)$/, 'the application raised an error', 'the traceback above shows where'],
]

/** The most likely cause in the log lines that were written since the change; undefined when none is known. */
export const diagnose = (lines: readonly string[]): Diagnosis | undefined => {
  for (const [pattern, cause, remedy] of known) {
    const line = lines.find((one) => pattern.test(one))
    if (line !== undefined) {
      const told = /((?:\w+\.)*\w*(?:Error|Exception): .+)$/.exec(line)?.[1]
      return { cause: told === undefined ? cause : `${cause} (${told})`, remedy }
    }
  }
  return undefined
}
