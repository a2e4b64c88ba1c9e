import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Line } from '../../../vagrant/bench/line.js'
import { ansible } from '../../../vagrant/bench/sides/ansible.js'
import { pyinfra } from '../../../vagrant/bench/sides/pyinfra.js'
import { makeSite } from '../../../vagrant/bench/sides/site.js'

const peers = { bin: '/peers/bin', sitePackages: '/peers/lib', versionOf: (name: string) => `1-of-${name}` }
const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
const site = await makeSite(folder, 'pyinfra')
const line: Pick<Line, 'host' | 'sshConfigFile' | 'knownHostsFile'> = {
  host: 'bench',
  sshConfigFile: '/line/ssh_config',
  knownHostsFile: '/line/known_hosts',
}

describe('Ansible', () => {
  const recap = (numbers: string): string =>
    `PLAY RECAP ***\nbench    : ${numbers} skipped=1    rescued=0    ignored=0\n`

  test('has nothing to do when its recap tells no change and no failure', () => {
    const { foundNothingToDo } = ansible('ansible', site, peers)
    expect(foundNothingToDo(recap('ok=17   changed=0    unreachable=0    failed=0   '))).toBe(true)
    expect(foundNothingToDo(recap('ok=17   changed=1    unreachable=0    failed=0   '))).toBe(false)
    expect(foundNothingToDo(recap('ok=0    changed=0    unreachable=1    failed=0   '))).toBe(false)
    expect(foundNothingToDo('PLAY RECAP ***\n')).toBe(false)
  })

  test('is told of Mitogen and of pipelining where they are measured only', async () => {
    const env = async (name: Parameters<typeof ansible>[0]) =>
      (await ansible(name, site, peers).command(line as Line)).env
    expect(await env('ansible')).not.toHaveProperty('ANSIBLE_PIPELINING')
    expect(await env('ansible-pipelined')).toMatchObject({ ANSIBLE_PIPELINING: '1' })
    expect(await env('ansible-mitogen')).toMatchObject({
      ANSIBLE_STRATEGY: 'mitogen_linear',
      ANSIBLE_STRATEGY_PLUGINS: '/peers/lib/ansible_mitogen/plugins/strategy',
    })
    expect(ansible('ansible-mitogen', site, peers).label).toBe('Ansible 1-of-ansible-core + Mitogen 1-of-mitogen')
  })

  test('never finds the connection of a run before', async () => {
    const side = ansible('ansible', site, peers)
    const paths = [await side.command(line as Line), await side.command(line as Line)]
    const [first, second] = paths.map(({ env }) => env?.['ANSIBLE_SSH_CONTROL_PATH_DIR'])
    expect(first).not.toBe(second)
  })
})

describe('pyinfra', () => {
  test('has nothing to do when all of its operations tell no change', () => {
    const { foundNothingToDo } = pyinfra(site, peers)
    expect(foundNothingToDo('    Grand total      24      -         -       24          \n')).toBe(true)
    expect(foundNothingToDo('    Grand total      24      5         -       19          \n')).toBe(false)
    expect(foundNothingToDo('    Grand total      24      -         1       23          \n')).toBe(false)
    expect(foundNothingToDo('')).toBe(false)
  })

  test('reads the values of the site from a file that only we can read', async () => {
    const { env } = await pyinfra(site, peers).command(line as Line)
    const file = env?.['BENCH_SITE'] ?? ''
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      host: 'bench',
      ssh_known_hosts_file: '/line/known_hosts',
      application: 'notes:create_app()',
      static_url: '/static',
    })
  })
})

test('each side has a copy of the code, a flags file and a secret of its own', async () => {
  const other = await makeSite(folder, 'script')
  expect(other.code).not.toBe(site.code)
  expect(await readFile(join(other.code, 'notes/pages.py'), 'utf8')).toContain("@blueprint.route('/health')")
  expect(await readFile(other.secretFile, 'utf8')).not.toBe(await readFile(site.secretFile, 'utf8'))
  expect(await readFile(other.flagsFile, 'utf8')).toContain(other.code)
})
