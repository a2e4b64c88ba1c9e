import { deniedTo, first } from './facts.js'
import type { Rule } from './rule.js'

/** A venv that a run has made; pip of another one is its owner's. */
const ours = /\/venvs\/[0-9a-f]+$/

/** The virtual environment of the daemon, and the Python that runs in it. */
export const pythonRules: readonly Rule[] = [
  {
    id: 'python-home',
    severity: 'error',
    texts: [
      /Unable to stat Python home/,
      /Python home .* is not (a directory|accessible)/,
      /No module named 'encodings'/,
      /(Unable to get the locale encoding|unable to load the file system codec|failed to get the Python codec of the filesystem encoding)/,
      /Python initiali[sz]ation failed in daemon process/,
    ],
    state: ({ groups }) =>
      first(groups, ({ user, venv: { path, denied, whole } }) => {
        if (denied !== null) return deniedTo(user, denied)
        return whole ? undefined : `${path} is no whole virtual environment: bin/python or pyvenv.cfg is missing`
      }),
    also: /No module named 'encodings'|AH0005[12]: child pid \d+ exit signal Aborted/,
    repeats: 2,
    cause: 'the daemon cannot use its virtual environment; it ends and starts again once a second, and requests wait',
    remedy:
      'apply repairs a broken venv; where it cannot be entered, open its parent folders for the account (chmod o+x)',
    repair: 'apply',
    total: true,
    symptomOf: ['account-missing'],
  },
  {
    id: 'python-mismatch',
    severity: 'error',
    texts: [/undefined symbol: _?Py/, /No module named '_(ctypes|ssl|sqlite3|socket|struct|bz2)'/],
    state: ({ module: { python }, groups }) =>
      first(groups, ({ venv }) =>
        python !== null && venv.python !== null && venv.python !== python
          ? `${venv.path} is of Python ${venv.python}, mod_wsgi of ${python}`
          : undefined,
      ),
    cause: 'the virtual environment, or a package in it, was made with another version of Python than that of mod_wsgi',
    remedy: 'remove the venv and apply: it is made anew with the Python of mod_wsgi',
    repair: 'apply',
    total: true,
    symptomOf: ['python-home'],
  },
  {
    id: 'python-patch',
    severity: 'note',
    texts: [/Compiled for Python\/\d/, /Runtime using Python\/\d/],
    cause:
      'Python has had an update since mod_wsgi was compiled; between versions such as 3.6.8 and 3.6.9 that is harmless',
    remedy: 'nothing needs to be done',
  },
  {
    id: 'pip-old',
    severity: 'warning',
    state: ({ groups }) =>
      first(groups, ({ venv: { path, pip } }) =>
        pip !== null && ours.test(path) && Number(pip.split('.')[0]) < 19 ? `${path} has pip ${pip}` : undefined,
      ),
    cause:
      'the pip of a new venv does not know the wheels of today and builds from source instead; or a package is meant for ' +
      'a newer Python than the host has',
    remedy:
      'apply brings the newest pip for this Python; pin a package that needs a newer one to its last version for it',
    repair: 'apply',
  },
  {
    id: 'build-tools',
    severity: 'warning',
    state: ({ packages: { missing } }) => (missing.length === 0 ? undefined : `missing: ${missing.join(', ')}`),
    cause: 'what mod_wsgi is compiled with is not on the host, so it could not be installed again',
    remedy: 'apply installs apache2-dev, python3-dev and gcc',
    repair: 'apply',
  },
]
