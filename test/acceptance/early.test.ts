import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { folderWith, smallFlags } from '../helpers/small-site.js'

let guest: Guest

beforeAll(async () => {
  guest = await createGuest('pristine', 'early')
})
afterAll(() => guest.destroy())

/** Can only be built when Apache is configured, and notes what it has found. */
const SETUP = `
import subprocess
from setuptools import setup
state = subprocess.check_output(["dpkg-query", "-W", "-f", "\${db:Status-Status}\\n", "apache2"]).decode()
with open("/tmp/states", "a") as opened:
    opened.write(state)
if state.strip() != "installed":
    raise SystemExit("Apache is not configured yet")
setup(name="needy", version="1.0", py_modules=["needy"])
`

/** Asked before Apache is started for the first time: it is not configured until somebody has tried to build. */
const WAITS = `#!/bin/sh
for _ in $(seq 600); do [ ! -e /tmp/states ] || exit 0; sleep 0.2; done
exit 0
`

it('what cannot be built before all packages are configured is built when they are', async () => {
  const source = await folderWith({ 'needy-1.0/setup.py': SETUP, 'needy-1.0/needy.py': 'there = True\n' })
  const folder = await folderWith({
    'small.py': `import needy\n\ndef application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'built']\n`,
    'requirements.txt': './needy-1.0.tar.gz\n',
  })
  execFileSync('tar', ['-C', source, '-czf', join(folder, 'needy-1.0.tar.gz'), 'needy-1.0'])
  await guest.run(`cat >/usr/sbin/policy-rc.d <<'END'\n${WAITS}END\nchmod 755 /usr/sbin/policy-rc.d`)
  const flags = { ...smallFlags(guest, folder), requirements: 'requirements.txt', pip: { references: true } }
  const { exitCode, stderr } = await deployFlask(['apply', '-f', await writeFlags(flags), '--yes'])
  expect(exitCode, stderr).toBe(0)
  const states = (await output(guest, 'cat /tmp/states')).trim().split('\n')
  expect(states[0]).not.toBe('installed')
  expect(states.at(-1)).toBe('installed')
  expect(await ask(guest, '/', { name: 'small.test' })).toMatchObject({ status: 200, body: 'built' })
  const modWsgi = 'apache2ctl -M 2>/dev/null | grep -c wsgi_module; pip3 show mod_wsgi 2>/dev/null | grep -c ^Version'
  expect(await output(guest, modWsgi)).toBe('1\n1\n')
})
