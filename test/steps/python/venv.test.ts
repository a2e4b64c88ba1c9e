import { quote } from '../../../src/core/quote.js'
import { WITH_FIRST_PIP } from '../../../src/steps/python/venv.js'
import { layoutOf } from '../../../src/steps/site/layout.js'
import { sampleSite } from '../../fixtures/site.js'
import { absent, aFolder, edited } from '../edits.js'
import { stepCases, type Raw } from '../harness.js'

const path = layoutOf(sampleSite()).venv

const as = "runuser -u flask-notes -g flask-notes -- env 'HOME=/nonexistent' 'LC_ALL=C.UTF-8' 'LANG=C.UTF-8'"
const owner = (account: string): string => as.replaceAll('flask-notes', account)

const create = (options = '') => `${as} python3 -m venv --without-pip${options} ${path}`
const installs = (options: string, versions = "'pip==21.3.1' 'setuptools==59.6.0' 'wheel==0.37.1'") =>
  `${path}/bin/python -m pip --no-cache-dir --disable-pip-version-check install${options} ${versions}`
const tools = (options = '', versions?: string) => `${as} ${installs(options, versions)}`
const firstTools = (options = '', versions?: string) =>
  `${as} bash -c ${quote(WITH_FIRST_PIP)} bash ${installs(`${options} --ignore-installed`, versions)}`
const firstPip = firstTools('', "'pip==21.3.1'")

const checked = `check what is installed in ${path}`
const unbroken = `remove pip and the links to python from ${path}`
const opened = `give ${path} to flask-notes`
const sealed = `give ${path} to root`

const made = (...run: readonly string[]) =>
  [
    {
      kind: 'create',
      subject: `venv ${path}`,
      run: [`make ${path} for flask-notes`, ...run, checked, sealed],
      undo: [`remove ${path}`],
    },
  ] as const
const repaired = (reason: string, ...run: readonly string[]) =>
  [{ kind: 'update', subject: `venv ${path}`, reason, run: [opened, ...run, checked, sealed], undo: [sealed] }] as const
const changeable = aFolder({ path: '/srv', owner: 'alice', group: 'alice' })
const elsewhere = (line: string): string => line.replaceAll(path, '/opt/alice/venv')
const loose = 'flask-notes must not be able to change it'

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
  pristine: { changes: made(create(), firstTools()) },
  converged: {},
  'comes beside a PHP site': { on: 'php', changes: made(create(), firstTools()) },
  'asks the index of the flags file': {
    on: 'pristine',
    site: { pipIndexUrl: 'https://packages.example.com/simple' },
    changes: made(create(), firstTools(' --index-url https://packages.example.com/simple')),
  },
  'takes the tools that run on the Python of the host': {
    on: 'pristine',
    answers: { host: edited({ python: '3.8' }) },
    changes: made(create(), firstTools('', "'pip==25.0.1' 'setuptools==75.3.2' 'wheel==0.45.1'")),
  },
  'is made anew when its folder is gone': {
    answers: { there: absent, venv: { stdout: '', exitCode: 127 } },
    changes: made(create(), firstTools()),
  },
  'is repaired where it is when its python does not run': {
    answers: { venv: { stdout: '', exitCode: 126 } },
    changes: repaired(
      'its python does not run, or pip is missing: it is repaired',
      unbroken,
      create(),
      firstPip,
      forced,
    ),
  },
  'is repaired when its python prints something else': {
    answers: { venv: 'hello\n' },
    changes: repaired(
      'its python does not run, or pip is missing: it is repaired',
      unbroken,
      create(),
      firstPip,
      forced,
    ),
  },
  'is repaired when it was copied from elsewhere': {
    answers: says({ prefix: '/home/me/venv' }),
    changes: repaired(
      'its python says that it lives in /home/me/venv: it is repaired',
      unbroken,
      create(),
      firstPip,
      forced,
    ),
  },
  'is repaired when its pip cannot be run': {
    answers: says({ pip: false }),
    changes: repaired('its pip cannot be run: it is repaired', unbroken, create(), firstPip, forced),
  },
  'is made anew when the host got another Python': {
    answers: says({ python: '3.5' }),
    changes: repaired('it is made for Python 3.5, the host has 3.6: it is made anew', create(' --clear'), firstTools()),
  },
  'gets the tools that are old or missing': {
    answers: says({ tools: { pip: '9.0.1', setuptools: '59.6.0' } }),
    changes: repaired('pip 9.0.1 becomes 21.3.1, wheel missing becomes 0.37.1', tools()),
  },
  'keeps the tools that it has where it was made by hand, as long as nothing is to be installed': {
    site: { adopted: {} },
    answers: says({ tools: { pip: '9.0.1' } }),
  },
  'is left to the account where it was made by hand and works, and that is told': {
    site: { adopted: {} },
    answers: { there: edited({ owner: 'flask-notes', group: 'flask-notes' }), way: changeable },
    notes: [`${path} was made by hand and belongs to flask-notes: the application can change what it runs`],
  },
  'gets the tools that are old or missing where it was made by hand and something is to be installed': {
    site: { adopted: {} },
    answers: says({ tools: { pip: '9.0.1', setuptools: '59.6.0' }, unmet: ['click is not installed'] }),
    changes: repaired('pip 9.0.1 becomes 21.3.1, wheel missing becomes 0.37.1', tools()),
  },
  'is sealed when a run was cut off before it was': {
    answers: { there: edited({ owner: 'flask-notes', group: 'flask-notes' }) },
    changes: [{ kind: 'update', subject: `venv ${path}`, reason: loose, run: [sealed] }],
  },
  'is sealed when a run was cut off while it was changing hands': {
    answers: { there: edited({ mode: '0711' }) },
    changes: [{ kind: 'update', subject: `venv ${path}`, reason: loose, run: [sealed] }],
  },
  'is refused where others can exchange it while root gives it away': {
    on: 'pristine',
    site: { venv: '/opt/alice/venv' },
    answers: { way: changeable, there: absent, venv: { stdout: '', exitCode: 127 } },
    changes: made(create(), firstTools()).map((change) => ({
      ...change,
      subject: 'venv /opt/alice/venv',
      run: change.run.map(elsewhere),
      undo: change.undo.map(elsewhere),
    })),
    refusals: ['PATH_DANGEROUS'],
  },
  'of somebody else may lie where they can exchange it': {
    site: { venv: '/opt/alice/venv' },
    answers: {
      way: changeable,
      there: aFolder({ owner: 'alice', group: 'staff' }),
      venv: JSON.stringify({ ...works, prefix: '/opt/alice/venv' }),
    },
  },
  'of somebody else is left theirs': { answers: { there: edited({ owner: 'alice', group: 'staff' }) } },
  'of somebody else is repaired by them': {
    answers: { there: edited({ owner: 'alice', group: 'alice' }), ...says({ tools: { setuptools: '59.6.0' } }) },
    changes: [
      {
        kind: 'update',
        subject: `venv ${path}`,
        reason: 'pip missing becomes 21.3.1, wheel missing becomes 0.37.1',
        run: [tools().replace(as, owner('alice')), checked],
      },
    ],
  },
  'does not mind what its requirements lack': { answers: says({ unmet: ['Flask==2.0.3 is not installed'] }) },
})
