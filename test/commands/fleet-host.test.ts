import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { services as real } from '../../src/commands/services.js'
import { folderWith, type Tree } from '../config/folders.js'
import { changing, runIn } from './fakes.js'

const site = 'version: 1\nsite: shop\nserver-name: shop.example.com\ncode: { path: /opt/shop }\nwsgi: shop:app\n'

const fleet = `${site}hosts:
  web1:
  web2: { host: me@192.0.2.7, ssh: { port: 2222 }, server-name: two.example.com }
groups: { canary: [web2] }
`

/** With the flags files and the connections that are real, against a host that is only a survey. */
const runFleet = async (cwd: string, line: string, env: Record<string, string> = {}) => {
  // relative paths are those of the process
  const ran = await runIn(cwd, line.replaceAll(/(deploy-flask\.yml|plan\.json)/g, `${cwd}/$1`), {
    env,
    services: {
      loadSettings: (source) => real.loadSettings(source),
      resolveSite: (flags, around) => real.resolveSite(flags, around),
      survey: () => Promise.resolve(changing),
    },
  })
  return { ...ran, stdout: ran.stdout.replaceAll(`${cwd}/`, ''), stderr: ran.stderr.replaceAll(`${cwd}/`, '') }
}

const run = (line: string, tree: Tree = { 'deploy-flask.yml': fleet }, env: Record<string, string> = {}) =>
  runFleet(folderWith(tree), line, env)

describe('a flags file of several hosts', () => {
  test.each(['plan', 'apply --yes', 'status', 'explain', 'logs', 'remove --yes', 'lock status'])(
    '%s needs one of them, says which there are, and connects to none',
    async (command) => {
      const { exitCode, stdout, stderr, connections } = await run(`${command} -f deploy-flask.yml`)
      expect({ exitCode, stdout, connections }).toEqual({ exitCode: 2, stdout: '', connections: [] })
      expect(stderr).toBe(`error HOST_NOT_CHOSEN: this command is for one host, and the flags file names 2 hosts
where: deploy-flask.yml
evidence:
    web1
    web2 (canary)
what to do: say which one: --host web1; or bring all of them to what the flags file wants: deploy-flask fleet apply -f deploy-flask.yml
`)
    },
  )

  test.each([
    ['--host web2', {}],
    ['', { DEPLOY_FLASK_HOST: 'web2' }],
  ])('is that of one host with %j and %j', async (option, env) => {
    const { exitCode, connections } = await run(`plan -f deploy-flask.yml ${option}`, undefined, env)
    expect(exitCode).toBe(0)
    expect(connections).toEqual([expect.objectContaining({ host: '192.0.2.7', user: 'me', port: 2222 })])
  })

  test('says of each setting where it stands, and options are stronger', async () => {
    const { stdout } = await run('explain --origins -f deploy-flask.yml --host web2 --ssh-port 23')
    expect(stdout.replace(/ {2,}/g, '  ')).toContain('host  deploy-flask.yml:8:17  me@192.0.2.7\n')
    expect(stdout.replace(/ {2,}/g, '  ')).toContain('ssh.port  --ssh-port  23\n')
    expect(stdout.replace(/ {2,}/g, '  ')).toContain('server-name  deploy-flask.yml:8:65  two.example.com\n')
  })

  test('knows what was probably meant', async () => {
    const { exitCode, stderr } = await run('plan -f deploy-flask.yml --host wbe2')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      'error NO_HOST_MATCHES: wbe2 is no host of this fleet; did you mean web2?\nwhere: --host\n',
    )
  })

  test('names an inventory of Ansible instead, relative to itself', async () => {
    const tree = {
      'deploy-flask.yml': `${site}inventory: inventory/hosts.ini\n`,
      'inventory/hosts.ini': '[web]\nweb[1:2]\n[web:vars]\nansible_user=me\n',
    }
    const { connections } = await run('plan -f deploy-flask.yml --host web2', tree)
    expect(connections).toEqual([expect.objectContaining({ host: 'web2', user: 'me' })])
  })

  test('is planned for one host, and that plan is applied there, whatever the inventory says by then', async () => {
    const cwd = folderWith({ 'deploy-flask.yml': `${site}inventory: hosts\n`, hosts: 'web1 ansible_port=2222\n' })
    expect((await runFleet(cwd, 'plan -f deploy-flask.yml --host web1 --out plan.json')).exitCode).toBe(0)
    writeFileSync(join(cwd, 'hosts'), 'web2\n')
    const { exitCode, connections, stderr } = await runFleet(cwd, 'apply plan.json')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) as string })
    expect(connections).toEqual([expect.objectContaining({ host: 'web1', port: 2222 })])
    const other = await runFleet(cwd, 'apply plan.json --host 192.0.2.1')
    expect(other.connections).toEqual([expect.objectContaining({ host: '192.0.2.1', port: 2222 })])
  })
})

test('schema --inventory prints the JSON Schema of an inventory', async () => {
  const { exitCode, stdout } = await run('schema --inventory')
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ title: 'deploy-flask inventory', required: ['version', 'hosts'] })
})
