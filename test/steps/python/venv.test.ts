import { layoutOf } from '../../../src/steps/site/layout.js'
import { sampleSite } from '../../fixtures/site.js'
import { absent, edited } from '../edits.js'
import { stepCases, type Raw } from '../harness.js'

const path = layoutOf(sampleSite()).venv

const create = (options = '') => [
  `env 'HOME=/root' 'LC_ALL=C.UTF-8' python3 -m venv --without-pip${options} ${path}`,
  `env 'HOME=/root' 'LC_ALL=C.UTF-8' ${path}/bin/python -Im ensurepip --upgrade --default-pip`,
]
const tools = (options = '', versions = "'pip==21.3.1' 'setuptools==59.6.0' 'wheel==0.37.1'") =>
  `env 'HOME=/root' 'LC_ALL=C.UTF-8' 'LANG=C.UTF-8' ${path}/bin/python -m pip --disable-pip-version-check install` +
  `${options} ${versions}`

const checked = `check what is installed in ${path}`
const unbroken = `remove pip and the links to python from ${path}`

const made = (...run: readonly string[]) =>
  [{ kind: 'create', subject: `venv ${path}`, run: [...run, checked], undo: [`remove ${path}`] }] as const
const repaired = (reason: string, ...run: readonly string[]) =>
  [{ kind: 'update', subject: `venv ${path}`, reason, run: [...run, checked] }] as const

const works = {
  prefix: path,
  python: '3.6',
  pip: true,
  tools: { pip: '21.3.1', setuptools: '59.6.0', wheel: '0.37.1' },
  unmet: [],
}
const says = (changes: object): { readonly venv: Raw } => ({ venv: JSON.stringify({ ...works, ...changes }) })
const forced = tools(' --force-reinstall')

stepCases('python.venv', {
  pristine: { changes: made(...create(), tools()) },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: made(...create(), tools()) },
  'asks the index of the flags file': {
    on: 'pristine',
    site: { pipIndexUrl: 'https://packages.example.com/simple' },
    changes: made(...create(), tools(' --index-url https://packages.example.com/simple')),
  },
  'takes the tools that run on the Python of the host': {
    on: 'pristine',
    answers: { host: edited({ python: '3.8' }) },
    changes: made(...create(), tools('', "'pip==25.0.1' 'setuptools==75.3.2' 'wheel==0.45.1'")),
  },
  'is made anew when its folder is gone': {
    answers: { there: absent, venv: { stdout: '', exitCode: 127 } },
    changes: made(...create(), tools()),
  },
  'is repaired where it is when its python does not run': {
    answers: { venv: { stdout: '', exitCode: 126 } },
    changes: repaired('its python does not run, or pip is missing: it is repaired', unbroken, ...create(), forced),
  },
  'is repaired when its python prints something else': {
    answers: { venv: 'hello\n' },
    changes: repaired('its python does not run, or pip is missing: it is repaired', unbroken, ...create(), forced),
  },
  'is repaired when it was copied from elsewhere': {
    answers: says({ prefix: '/home/me/venv' }),
    changes: repaired('its python says that it lives in /home/me/venv: it is repaired', unbroken, ...create(), forced),
  },
  'is repaired when its pip cannot be run': {
    answers: says({ pip: false }),
    changes: repaired('its pip cannot be run: it is repaired', unbroken, ...create(), forced),
  },
  'is made anew when the host got another Python': {
    answers: says({ python: '3.5' }),
    changes: repaired('it is made for Python 3.5, the host has 3.6: it is made anew', ...create(' --clear'), forced),
  },
  'gets the tools that are old or missing': {
    answers: says({ tools: { pip: '9.0.1', setuptools: '59.6.0' } }),
    changes: repaired('pip 9.0.1 becomes 21.3.1, wheel missing becomes 0.37.1', tools()),
  },
  'does not mind what its requirements lack': { answers: says({ unmet: ['Flask==2.0.3 is not installed'] }) },
})
