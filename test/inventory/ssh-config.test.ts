import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../config/folders.js'
import { fleetIn, particular, shown, site } from './fleet.js'

describe('an ssh_config as an inventory', () => {
  it('has its names as hosts, and a group for each file that it includes', async () => {
    const folder = folderWith({
      'conf.d/10-shop.conf': 'Host shop1 shop2\n  HostName 192.0.2.1\n',
      'conf.d/all': 'Host x\n',
    })
    const config = `Include ${folder}/conf.d/*\nHost lone\nHost *.example.com !no\nHost github.com\n  User git\n`
    const found = await fleetIn({ 'deploy-flask.yml': `${site}inventory: ssh_config:config\n`, config })
    const [first] = found.hosts
    const file = String(first === undefined ? '' : particular(first)['ssh.config-file'])
    expect(shown(found)).toEqual({
      shop1: { groups: ['10-shop'], host: 'shop1', 'ssh.config-file': file },
      shop2: { groups: ['10-shop'], host: 'shop2', 'ssh.config-file': file },
      x: { groups: [], host: 'x', 'ssh.config-file': file },
      lone: { groups: [], host: 'lone', 'ssh.config-file': file },
    })
    expect(file).toMatch(/^\/.*\/config$/)
    expect(first?.overrides[0]?.origin).toBe(`${join(folder, 'conf.d/10-shop.conf')}:1:1`)
  })

  it('is seen by its words where nobody says so', async () => {
    const text = '# mine\nHost one\n  HostName 192.0.2.1\n'
    const found = await fleetIn({ 'deploy-flask.yml': `${site}inventory: servers\n`, servers: text })
    expect(Object.keys(shown(found))).toEqual(['one'])
  })
})
