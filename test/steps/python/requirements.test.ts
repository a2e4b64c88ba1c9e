import { describe, expect, it } from 'vitest'
import { explainPip } from '../../../src/steps/python/pip.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { sampleSite } from '../../fixtures/site.js'
import { absent, aFolder, withContent } from '../edits.js'
import { stepCases, stepOf, stateOf, type Raw } from '../harness.js'

const path = layoutOf(sampleSite()).venv
const nowhere: Raw = { stdout: '', exitCode: 127 }

const as = "runuser -u flask-notes -g flask-notes -- env 'HOME=/nonexistent' 'LC_ALL=C.UTF-8' 'LANG=C.UTF-8'"

const pip = (venv: string, index = '') =>
  `${venv}/bin/python -m pip --no-cache-dir --disable-pip-version-check install${index}`

const fromStdin = (venv: string, index = '') => `${as} bash -c 'exec "$@" -r <(cat)' bash ${pip(venv, index)}`

const fromFile = (venv: string, file: string) => `${as} ${pip(venv)} -r ${file}`

/** An installation, and the look at what it brought, while the venv is the account's. */
const done = (line: string) => {
  const venv = /(\S+)\/bin\/python/.exec(line)?.[1] ?? ''
  const run = [
    `give ${venv} to flask-notes`,
    `forget what was installed half-way in ${venv}`,
    line,
    `check what is installed in ${venv}`,
    `give ${venv} to root`,
  ]
  return { run, undo: [`give ${venv} to root`] }
}

const installed = [{ kind: 'run', subject: `pip install into ${path}`, ...done(fromStdin(path)) } as const]
const updated = (reason: string) =>
  [{ kind: 'run', subject: `pip install into ${path}`, reason, ...done(fromStdin(path)) }] as const

const lacks = (...unmet: readonly string[]): { readonly venv: Raw } => ({
  venv: JSON.stringify({ prefix: path, python: '3.6', pip: true, tools: {}, unmet }),
})

const onHost = { code: { kind: 'path', path: '/home/me/notes' } } as const
const there = aFolder()

stepCases('python.requirements', {
  pristine: { changes: installed },
  converged: {},
  'come beside a PHP site': { on: 'php', changes: installed },
  'come from the index of the flags file': {
    on: 'pristine',
    site: { pipIndexUrl: 'https://packages.example.com/simple' },
    changes: [
      {
        kind: 'run',
        subject: `pip install into ${path}`,
        ...done(fromStdin(path, ' --index-url https://packages.example.com/simple')),
      },
    ],
  },
  'are installed only with their hashes, where that is wanted': {
    on: 'pristine',
    site: { requireHashes: true },
    changes: [{ kind: 'run', subject: `pip install into ${path}`, ...done(fromStdin(path, ' --require-hashes')) }],
  },
  'are installed anew when the venv is gone': { answers: { there: absent, venv: nowhere }, changes: installed },
  'cannot be seen while the venv is broken': {
    answers: { venv: { stdout: '', exitCode: 126 } },
    unknown: { until: 'python.venv', reason: 'the venv is broken: what it holds is seen when it works' },
  },
  'are installed when one is missing': {
    answers: lacks('MarkupSafe==2.0.1 is not installed'),
    changes: updated('MarkupSafe==2.0.1 is not installed'),
  },
  'are installed when one was downgraded, and five reasons are enough': {
    answers: lacks('a', 'b', 'c', 'd', 'e', 'f'),
    changes: updated('a; b; c; d; e'),
  },
  'need nothing when there are none': { on: 'pristine', ...noneWanted() },
  'are read from the file of code that is on the host': {
    on: 'pristine',
    site: onHost,
    answers: { there: absent, venv: nowhere, listed: withContent('Flask==2.0.3  # the last for 3.6\n') },
    changes: [
      {
        kind: 'run',
        subject: 'pip install into /srv/notes/venvs/default',
        ...done(fromFile('/srv/notes/venvs/default', '/home/me/notes/requirements.txt')),
      },
    ],
  },
  'of code that is on the host are checked too': {
    site: onHost,
    answers: { there, listed: absent, ...lacks('/home/me/notes/requirements.txt does not exist') },
    changes: [
      {
        kind: 'run',
        subject: 'pip install into /srv/notes/venvs/default',
        reason: '/home/me/notes/requirements.txt does not exist',
        ...done(fromFile('/srv/notes/venvs/default', '/home/me/notes/requirements.txt')),
      },
    ],
  },
  'of code that is on the host are refused where they are more than names and versions': {
    site: onHost,
    answers: { there, listed: withContent('Flask\n--index-url https://x.test/\n-e .\n'), ...lacks() },
    refusals: ['REQUIREMENTS_INVALID'],
  },
})

/** Other requirements mean another venv, of which nothing was recorded. */
function noneWanted() {
  return { site: { requirements: { text: '\n' } }, answers: { there: absent, listed: absent, venv: nowhere } }
}

describe('requirements', () => {
  it('reach pip on stdin, so that no file of ours lies about', () => {
    const step = stepOf('python.requirements')
    const planned = step.plan(stateOf(step.probes, { on: 'pristine' }))
    if ('unknownUntil' in planned) throw new Error('must be known')
    expect(planned[0]?.run.find(({ stdin }) => stdin !== undefined)?.stdin).toBe(`${sampleSite().requirements.text}\n`)
  })

  it('are asked of the python of the venv, isolated from its environment', () => {
    const { ask } = stepOf('python.requirements').probes['venv'] ?? {}
    expect(ask !== undefined && 'sh' in ask && ask.sh).toMatch(/^\ncd \/srv\/notes\/venvs\/[^]+bin\/python -I -c /)
  })
})

describe('a failed pip is explained', () => {
  const last =
    'Could not find a version that satisfies the requirement Flask==9\nNo matching distribution found for Flask==9\n'
  const said = (stderr: string) => explainPip({ stdout: '', stderr, exitCode: 1 })

  it('by a version that no index has', () => {
    expect(said(last)).toMatchObject({ code: 'PIP_NO_VERSION' })
    expect(said(last).fault.what).toContain('no version of Flask==9 ')
  })

  it('by an index that cannot be reached, though pip ends with the same line', () => {
    const retries = "Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\n"
    expect(said(retries + last).code).toBe('PIP_INDEX_UNREACHABLE')
  })

  it.each([
    ['  ERROR: Failed building wheel for psycopg2', 'PIP_BUILD_FAILED'],
    [
      "  Preparing metadata (setup.py): finished with status 'error'\nERROR: No matching distribution found for needy (unavailable)",
      'PIP_BUILD_FAILED',
    ],
    ["    error: command 'x86_64-linux-gnu-gcc' failed with exit status 1", 'PIP_BUILD_FAILED'],
    ['    ./psycopg/psycopg.h:35:10: fatal error: libpq-fe.h: No such file or directory', 'PIP_BUILD_FAILED'],
    ['ERROR: ResolutionImpossible: for help visit https://pip.pypa.io', 'PIP_CONFLICT'],
    ["Double requirement given: Flask==2 (already in Flask==1, name='Flask')", 'PIP_CONFLICT'],
  ])('by what it says: %s', (line, code) => expect(said(`${line}\n`).code).toBe(code))

  it('by its last twenty lines otherwise', () => {
    const error = said(Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n'))
    expect(error.code).toBe('PIP_FAILED')
    expect(error.fault.evidence?.split('\n')).toHaveLength(20)
    expect(error.fault.evidence).toContain('line 29')
  })
})
