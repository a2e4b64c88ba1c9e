import { edited } from '../edits.js'
import { stepCases } from '../harness.js'

const file = '/usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi-py36.cpython-36m-x86_64-linux-gnu.so'
const express = (presence: string, metadata: string) =>
  `${presence}\n${metadata}\nLoadModule wsgi_module "${file}"\nWSGIPythonHome "/usr"\n`

const pip = (version: string, index = '') =>
  `env 'HOME=/root' 'LC_ALL=C.UTF-8' 'LANG=C.UTF-8' pip3 --disable-pip-version-check install${index}` +
  ` --no-deps --upgrade --force-reinstall 'mod_wsgi==${version}'`

const undo = ['env HOME=/root pip3 uninstall -y mod_wsgi']
const install = (version: string, index?: string) =>
  [{ kind: 'create', subject: `Python package mod_wsgi ${version}`, run: [pip(version, index)], undo }] as const
const update = (reason: string) =>
  [{ kind: 'update', subject: 'Python package mod_wsgi 4.9.4', reason, run: [pip('4.9.4')] }] as const

const python = (version: string) => ({ on: 'pristine' as const, answers: { host: edited({ python: version }) } })

stepCases('python.mod-wsgi', {
  pristine: { changes: install('4.9.4') },
  converged: {},
  'refuses a host without the memory to build it': {
    on: 'pristine',
    answers: { host: edited({ memory: 127 * 1024 ** 2 }) },
    changes: install('4.9.4'),
    refusals: ['HOST_MEMORY_LOW'],
  },
  'needs no memory where it is installed': { answers: { host: edited({ memory: 0 }) } },
  'installs it beside a PHP site': { on: 'php', changes: install('4.9.4') },
  'installs it from the index of the flags file': {
    on: 'pristine',
    site: { pipIndexUrl: 'https://packages.example.com/simple' },
    changes: install('4.9.4', ' --index-url https://packages.example.com/simple'),
  },
  'takes the last version for Python 3.7': { ...python('3.7'), changes: install('4.9.4') },
  'takes the last version for Python 3.8': { ...python('3.8'), changes: install('5.0.2') },
  'takes the last version for Python 3.9': { ...python('3.9'), changes: install('5.0.2') },
  'takes the newest version for Python 3.10': { ...python('3.10'), changes: install('6.1.1') },
  'installs it anew when its module is gone, though pip lists it': {
    answers: { module: express('gone', 'mod_wsgi-4.9.4.dist-info') },
    changes: update(`${file} is gone, though pip lists mod_wsgi`),
  },
  'replaces an older version': {
    answers: { module: express('present', 'mod_wsgi-4.6.8.dist-info') },
    changes: update('4.6.8 becomes 4.9.4'),
  },
  'replaces a version that it cannot tell': {
    answers: { module: express('present', 'mod_wsgi-*-info') },
    changes: update('an unknown version becomes 4.9.4'),
  },
  'knows an old egg-info folder': { answers: { module: express('present', 'mod_wsgi-4.9.4-py3.6.egg-info') } },
  'installs it when mod_wsgi-express cannot run': {
    answers: { module: { stdout: '', exitCode: 1 } },
    changes: install('4.9.4'),
  },
})
