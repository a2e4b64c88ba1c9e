import { absent, aLink, edited, rewritten } from '../edits.js'
import { lines, stepCases } from '../harness.js'

const path = '/etc/apache2/mods-available/wsgi.load'
const module = (machine: string) =>
  `/usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi-py36.cpython-36m-${machine}-linux-gnu.so`
const loads = (machine: string) => `LoadModule wsgi_module "${module(machine)}"\nWSGIPythonHome "/usr"\n`
const express = (presence: string, version: string, config: string) =>
  `${presence}\nmod_wsgi-${version}.dist-info\n${config}`

const write = [`write ${path} (root:root 0644)`]
const restore = [`restore ${path}`]

stepCases('apache.wsgi-load', {
  pristine: {
    unknown: { until: 'python.mod-wsgi', reason: 'mod_wsgi-express module-config says what it holds' },
  },
  converged: {},
  'cannot tell on a host that has Apache but no mod_wsgi': {
    on: 'php',
    unknown: { until: 'python.mod-wsgi', reason: 'mod_wsgi-express module-config says what it holds' },
  },
  'cannot tell while the module is gone, for module-config then names a wrong one': {
    answers: { module: express('gone', '4.9.4', loads('x86_64')) },
    unknown: { until: 'python.mod-wsgi', reason: 'its module is to be installed first' },
  },
  'cannot tell while another version is installed': {
    answers: { module: express('present', '4.6.8', loads('x86_64')) },
    unknown: { until: 'python.mod-wsgi', reason: 'its module is to be installed first' },
  },
  'writes the file anew when it is gone': {
    answers: { file: absent },
    changes: [
      { kind: 'create', subject: `file ${path}`, diff: lines('+', loads('x86_64')), run: write, undo: restore },
    ],
  },
  'writes the file anew when it was edited': {
    answers: { file: rewritten((text) => text.replace('"/usr"', '"/opt/python"')) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        diff: ['-WSGIPythonHome "/opt/python"', '+WSGIPythonHome "/usr"'],
        run: write,
        undo: restore,
      },
    ],
  },
  'writes what the host prints, whatever its architecture': {
    answers: { module: express('present', '4.9.4', loads('aarch64')) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        diff: [`-LoadModule wsgi_module "${module('x86_64')}"`, `+LoadModule wsgi_module "${module('aarch64')}"`],
        run: write,
        undo: restore,
      },
    ],
  },
  'replaces a link by a file': {
    answers: { file: aLink('/etc/alternatives/wsgi.load') },
    changes: [
      { kind: 'update', subject: `file ${path}`, diff: lines('+', loads('x86_64')), run: write, undo: restore },
    ],
  },
  'repairs owner and mode only': {
    answers: { file: edited({ owner: 'deploy', mode: '0666' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'deploy:root 0666 becomes root:root 0644',
        run: [`chown -h root:root ${path}`, `chmod 0644 ${path}`],
        undo: [`chown -h deploy:root ${path}`, `chmod 0666 ${path}`],
      },
    ],
  },
})
