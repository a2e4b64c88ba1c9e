import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deployFlask } from '../helpers/cli.js'
import { expectRefusal } from '../helpers/failure.js'
import { writeFlags } from '../helpers/flags.js'
import { folderWith, smallApp } from '../helpers/small-site.js'

const flagsFor = async (more: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> => ({
  version: 1,
  host: '127.0.0.1',
  site: 'small',
  'server-name': 'small.test',
  code: { folder: await smallApp() },
  wsgi: 'small:application',
  ...more,
})

describe('without asking any host', () => {
  it('all mistakes in a flags file are named at once, each with its line and column', async () => {
    const text = `version: 1
host: notes.example
site: Notes
server-name: notes.test
server-name: twice.test
code: { folder: ./notes }
wsgi: notes
portt: 80
daemon:
  threads: many
  proceses: 2
sqlite: notes.db
init-db: true
`
    const folder = await folderWith({ 'deploy-flask.yml': text })
    const file = join(folder, 'deploy-flask.yml')
    const result = await deployFlask(['apply', '-f', file, '--yes'])
    expectRefusal(result, 'CONFIG_INVALID', file)
    const places = [...result.stderr.matchAll(/deploy-flask\.yml:(\d+:\d+): ([\w.-]+): /g)].map(
      ([, at, key]) => `${at} ${key}`,
    )
    expect(places).toEqual([
      '3:7 site',
      '5:1 server-name',
      '7:7 wsgi',
      '8:1 portt',
      '10:12 daemon.threads',
      '11:3 daemon.proceses',
      '12:9 sqlite',
      '13:1 init-db',
    ])
    expect(result.stderr).toContain('did you mean port?')
  })

  it('a flags file that does not exist is named with its path', async () => {
    const result = await deployFlask(['apply', '-f', '/nowhere/deploy-flask.yml', '--yes'])
    expectRefusal(result, 'CONFIG_UNREADABLE', '/nowhere/deploy-flask.yml')
  })

  it('a code folder or requirements file that does not exist is named', async () => {
    const flags = await flagsFor()
    for (const [more, code, path] of [
      [{ code: { folder: '/nowhere/app' } }, 'PROJECT_UNREADABLE', '/nowhere/app'],
      [{ requirements: 'missing.txt' }, 'SOURCE_INVALID', 'missing.txt'],
    ] as const) {
      const result = await deployFlask(['apply', '-f', await writeFlags({ ...flags, ...more }), '--yes'])
      expectRefusal(result, code, path)
    }
  })

  it('a secret that is not in the environment is named, and where it is asked for', async () => {
    const flags = await writeFlags(await flagsFor({ settings: { TOKEN: { env: 'NOBODY_SETS_THIS' } } }))
    const result = await deployFlask(['apply', '-f', flags, '--yes'])
    expectRefusal(result, 'SECRET_MISSING', /settings\.TOKEN: .*NOBODY_SETS_THIS/)
  })

  it.each([
    ['a site in the folder of a package', { root: '/etc/apache2/small' }],
    ['a database beside the code of others', { sqlite: ['/var/www/small.db'] }],
    ['a database among the releases', { sqlite: ['/srv/small/releases/small.db'] }],
  ])('%s is refused as dangerous', async (_what, more) => {
    const result = await deployFlask(['apply', '-f', await writeFlags(await flagsFor(more)), '--yes'])
    expectRefusal(result, 'PATH_DANGEROUS', /deploy-flask\.yml:\d+:\d+: (root|sqlite)/)
  })

  it('apply without --yes and without a terminal to ask on is a mistake of usage', async () => {
    const result = await deployFlask(['apply', '-f', await writeFlags(await flagsFor())])
    expectRefusal(result, 'NO_TERMINAL', '--yes')
  })
})

describe('where the host does not answer', () => {
  it('it is said who was asked, on which port, and why that failed', async () => {
    const config = join(await folderWith({}), 'ssh_config')
    await writeFile(config, 'Host *\n  StrictHostKeyChecking yes\n')
    const flags = await writeFlags(await flagsFor({ ssh: { port: 9, 'config-file': config } }))
    const result = await deployFlask(['apply', '-f', flags, '--yes'])
    expectRefusal(result, 'CONNECT_REFUSED', /127\.0\.0\.1.*9/)
  })
})
