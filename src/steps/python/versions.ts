/** Last releases that run on a Python, from the projects' own metadata (Requires-Python). */
export interface PythonVersions {
  readonly modWsgi: string
  readonly pip: string
  readonly setuptools: string
  readonly wheel: string
}

const table: Readonly<Record<string, PythonVersions>> = {
  '3.6': { modWsgi: '4.9.4', pip: '21.3.1', setuptools: '59.6.0', wheel: '0.37.1' },
  '3.7': { modWsgi: '4.9.4', pip: '24.0', setuptools: '68.0.0', wheel: '0.42.0' },
  '3.8': { modWsgi: '5.0.2', pip: '25.0.1', setuptools: '75.3.2', wheel: '0.45.1' },
  '3.9': { modWsgi: '5.0.2', pip: '25.3', setuptools: '80.9.0', wheel: '0.45.1' },
}

/** mod_wsgi 5 needs Python 3.8 and mod_wsgi 6 needs 3.10; 4.9.4 is the last for 3.6 and 3.7. */
const newest: PythonVersions = { modWsgi: '6.1.1', pip: '25.3', setuptools: '80.9.0', wheel: '0.45.1' }

/** Which versions belong to a Python, given as `major.minor`. */
export const versionsFor = (python: string): PythonVersions => table[python] ?? newest
